import type { Schemas } from '../../../session/session';
import { exactly } from '../../../shared/time-words';
import type { Projection } from '../../../shared/projections';
import type { Snapshot } from '../snapshots/use-snapshots';

/** The API's name for the generation that serves. */
export const ACTIVE = 'active';

export const diffLink = (projection: string, from: string, to = ACTIVE): string =>
  `/pipeline/diff?${new URLSearchParams({ projection, from, to }).toString()}`;

interface Side {
  readonly value: string;
  readonly label: string;
}

/** The generations and snapshots of a projection that can be compared, with their names for the API. */
export function sidesOf({ name, generations }: Projection, snapshots: readonly Snapshot[]): Side[] {
  return [
    { value: ACTIVE, label: 'Now' },
    ...snapshots
      .filter(({ projection, state }) => projection === name && state === 'kept')
      .map((snapshot) => ({ value: snapshot.name, label: `Snapshot ${snapshot.name}` })),
    ...generations
      .filter(({ state }) => state === 'standby' || state === 'catching-up')
      .map(({ id, state }) => ({ value: String(id), label: `Generation ${id} (${state})` })),
  ];
}

/** One side of a comparison in words: "snapshot before, as of 1 Jun 2026, 12:00:00 (version 6)". */
export function sideWords({ generation, version, state, snapshot, until }: Schemas['ComparedGenerationDto']) {
  const what =
    snapshot === null
      ? `${state} generation ${generation}`
      : `snapshot ${snapshot}${until === null ? '' : `, as of ${exactly(until)}`}`;
  return `${what} (version ${version})`;
}
