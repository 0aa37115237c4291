import { projectionsOf } from '@app/projections';
import type { LiveContestant } from '../live/contestant';
import { projectors } from '../live/ours';
import { FLOOR } from '../measure/results';
import { addJourneys, provision } from './generation';

const FEW = 100_000;

/** The live path beside a small and a large table; the small one is what the ratio is to. */
export function growth(many: number): readonly LiveContestant[] {
  return [FEW, many].map((count, i) => {
    const rows = `${count.toLocaleString('en')} journeys`;
    return projectors(i === 0 ? `${FLOOR}: ${rows}` : rows, 1, async (databaseUrl) => {
      await provision(databaseUrl, projectionsOf('journey-projector'));
      await addJourneys(databaseUrl, count);
    });
  });
}

/** One instance of the journey projector, and two; the one is what the ratio is to. */
export const SCALE_OUT: readonly LiveContestant[] = [
  projectors(`${FLOOR}: one projector`, 1),
  projectors('two projectors', 2),
];
