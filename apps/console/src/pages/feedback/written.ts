import { readAfter } from '@app/client';

/** The newest change of this tab's own, by partition, that no answer has shown yet. */
const written = new Map<string, string>();

const partitionOf = (position: string): string => position.slice(0, position.lastIndexOf('@'));

export function wrote(position: string | null): void {
  if (position !== null) written.set(partitionOf(position), position);
}

/**
 * Reads what has seen all that this tab wrote. All of the page comes from one projection, so once an answer has seen a
 * position, every later one has.
 */
export async function readOwnWrites<T>(
  ask: (header: ReturnType<typeof readAfter>) => Promise<T>,
): Promise<T> {
  const positions = [...written.values()];
  const answer = await ask(readAfter(...positions));
  for (const position of positions)
    if (written.get(partitionOf(position)) === position) written.delete(partitionOf(position));
  return answer;
}
