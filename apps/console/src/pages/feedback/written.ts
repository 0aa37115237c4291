import { readAfter } from '@app/client';

/** Per partition, the newest change by this tab that no response has included yet. */
const written = new Map<string, string>();

const partitionOf = (position: string): string => position.slice(0, position.lastIndexOf('@'));

export function wrote(position: string | null): void {
  if (position !== null) written.set(partitionOf(position), position);
}

/**
 * Reads the state after all of this tab's writes. The whole page comes from one projection, so once a response includes a
 * position, every later one does.
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
