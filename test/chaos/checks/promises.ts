import type { Promised } from '../load/sender';

/**
 * Whether every event that was answered with 202 is in Kafka where the answer said. Nothing is compacted away in
 * the time of a run, so a copy elsewhere would not do.
 *
 * @param found event ids by position
 * @returns what is wrong, in words
 */
export function brokenPromises(
  promised: readonly Promised[],
  found: ReadonlyMap<string, string>,
): readonly string[] {
  const broken: string[] = [];
  for (const { id, position } of promised) {
    const there = found.get(position);
    if (there !== id)
      broken.push(
        `${position}: ${there === undefined ? 'nothing' : `event ${there}`} instead of event ${id}`,
      );
  }
  // Two events at one position: the broker took one for a repetition of the other.
  const twice = new Map<string, string>();
  for (const { id, position } of promised) {
    const other = twice.get(position);
    if (other !== undefined && other !== id)
      broken.push(`${position} was promised to the events ${other} and ${id}`);
    twice.set(position, id);
  }
  return broken;
}
