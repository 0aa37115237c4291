import type { Schemas } from '../../session/session';

type LogPage = Pick<Schemas['LogPageDto'], 'items' | 'nextCursor' | 'scannedTo'>;

/** Gateways append with their own clocks: what is appended later may have a time that is a little earlier. */
const CLOCK_SKEW_MS = 60_000;
const BEGINNING = new Date(0).toISOString();

/** The end of the log by its own times, from the newest page of it. */
export function endOf({ items, scannedTo }: LogPage): string {
  return items[0]?.appendedAt ?? scannedTo ?? BEGINNING;
}

/**
 * From when on to look for what was appended after the end of the log was at `since`.
 *
 * @param from that of the filters: nothing earlier is wanted
 */
export function followedFrom(since: string, from: string | undefined): string {
  const wanted = Date.parse(from ?? BEGINNING) || 0;
  return new Date(Math.max(wanted, Date.parse(since) - CLOCK_SKEW_MS)).toISOString();
}

/** Whether events since then are missing from the newest of them: there are more than one page has. */
export function leavesOut({ nextCursor, scannedTo }: LogPage, since: string): boolean {
  return nextCursor !== null && (scannedTo === null || Date.parse(scannedTo) > Date.parse(since));
}
