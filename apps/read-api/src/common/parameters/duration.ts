import { ValidateBy } from 'class-validator';

const SECOND = 1_000;
const UNITS: Readonly<Record<string, number>> = {
  w: 7 * 86_400 * SECOND,
  d: 86_400 * SECOND,
  h: 3_600 * SECOND,
  m: 60 * SECOND,
};
const LONGEST = 36_500 * UNITS['d']!;

/** `7d`, `36h`, `90m`, `2w`; a number alone is days; or ISO-8601: `P7D`, `PT36H`, `P2W`, `P1DT12H`. */
const SIMPLE = /^(\d{1,6})([wdhm]?)$/;
const ISO = /^P(?=.)(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,6})M)?)?$/;

/** @returns milliseconds; null for what is no duration of at most a hundred years */
export function durationOf(text: string): number | null {
  const simple = SIMPLE.exec(text);
  let duration: number | null = null;
  if (simple) duration = Number(simple[1]) * UNITS[simple[2] || 'd']!;
  const iso = ISO.exec(text);
  if (iso)
    duration = ['w', 'd', 'h', 'm'].reduce((sum, unit, i) => sum + Number(iso[i + 1] ?? 0) * UNITS[unit]!, 0);
  return duration !== null && duration <= LONGEST ? duration : null;
}

/** A duration that `durationOf` reads. */
export function IsDuration(): PropertyDecorator {
  return ValidateBy({
    name: 'isDuration',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && durationOf(value) !== null,
      defaultMessage: () =>
        '$property must be a duration: days (7), 2w, 7d, 36h, 90m, or ISO-8601 such as P7D or PT36H',
    },
  });
}
