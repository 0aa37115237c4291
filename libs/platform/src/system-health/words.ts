import type { VerificationFacts } from './facts';

/** The result of a verification in words. */
type Verdict = 'clean' | 'differs' | 'indeterminate' | 'failed' | 'running' | 'none';

/** `none` if there is no verification, or only one of another generation. */
export function verdictOf(verification: VerificationFacts | null, generation: number): Verdict {
  if (verification === null) return 'none';
  const { state, outcome } = verification;
  switch (state) {
    case 'queued':
    case 'running':
      return 'running';
    case 'cancelled':
      return 'none';
    case 'failed':
      return 'failed';
    case 'succeeded':
      if (outcome?.['generation'] !== generation) return 'none';
      if (outcome['outcome'] === 'clean' || outcome['outcome'] === 'differs') return outcome['outcome'];
      return 'indeterminate';
  }
}

/** `1 event`, `300 events`. */
export const plural = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** A duration in its largest unit, rounded down: `2 hours`. */
export function spoken(milliseconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => milliseconds >= size) ?? UNITS[3];
  return plural(Math.floor(milliseconds / size), unit);
}
