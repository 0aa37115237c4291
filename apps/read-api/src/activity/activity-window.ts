import { TOPICS, type CatalogEvent } from '@app/catalog';

export const MINUTE_MS = 60_000;

/** What came in a minute. */
export interface MinuteCounts {
  /** Start of the minute, epoch milliseconds. */
  readonly at: number;
  /** Events by name, those of our own included. */
  readonly counts: Readonly<Record<string, number>>;
  readonly quarantined: number;
  readonly unrecognized: number;
}

/** Names of webhooks that nobody knows are as many as their senders like: they count together. No event is named so. */
const QUARANTINED = '#quarantined';
const UNRECOGNIZED = '#unrecognized';

type Cells = Map<string, Map<string, number>>;

/** Counts of the newest events by minute of arrival, workspace and kind, in bounded memory. Pure. */
export class ActivityWindow {
  private readonly minutes = new Map<number, Cells>();
  private cells = 0;

  /**
   * @param wholeFrom from when on everything is counted, epoch milliseconds
   * @param mostMinutes how many minutes are kept
   * @param mostCells how many counts are kept; beyond them the oldest minute goes
   */
  constructor(
    private wholeFrom: number,
    private readonly mostMinutes: number,
    private readonly mostCells: number,
  ) {}

  /** From when on everything is counted. */
  get since(): number {
    return this.wholeFrom;
  }

  /** @param now a record that claims to be of the future has come now */
  add(topic: string, event: CatalogEvent, now: number): void {
    const at = minuteOf(Math.min(event.receivedAt, now));
    if (at < minuteOf(this.wholeFrom)) return;
    const kind = kindOf(topic, event);
    const byWorkspace = entry(this.minutes, at, () => new Map<string, Map<string, number>>());
    const byKind = entry(byWorkspace, event.workspace, () => new Map<string, number>());
    const before = byKind.get(kind);
    byKind.set(kind, (before ?? 0) + 1);
    if (before === undefined) this.cells++;
    this.evict(now);
  }

  /** The counts of each of the newest so many minutes, the one of `now` last, as far back as everything is counted. */
  of(workspace: string | null, count: number, now: number): MinuteCounts[] {
    const last = minuteOf(now);
    const first = Math.max(last - (count - 1) * MINUTE_MS, minuteOf(this.wholeFrom));
    const found: MinuteCounts[] = [];
    for (let at = first; at <= last; at += MINUTE_MS) found.push(this.minute(workspace, at));
    return found;
  }

  private minute(workspace: string | null, at: number): MinuteCounts {
    const cells: Cells = this.minutes.get(at) ?? new Map<string, Map<string, number>>();
    const own =
      workspace === null ? [...cells.values()] : [cells.get(workspace) ?? new Map<string, number>()];
    const sums = new Map<string, number>();
    for (const byKind of own)
      for (const [kind, count] of byKind) sums.set(kind, (sums.get(kind) ?? 0) + count);
    const [quarantined, unrecognized] = [QUARANTINED, UNRECOGNIZED].map((kind) => {
      const count = sums.get(kind) ?? 0;
      sums.delete(kind);
      return count;
    });
    const counts = Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { at, counts, quarantined: quarantined!, unrecognized: unrecognized! };
  }

  private evict(now: number): void {
    const oldest = minuteOf(now) - (this.mostMinutes - 1) * MINUTE_MS;
    if (this.wholeFrom < oldest) this.forget(oldest);
    while (this.cells > this.mostCells && this.wholeFrom < minuteOf(now))
      this.forget(minuteOf(this.wholeFrom) + MINUTE_MS);
  }

  /** Everything before a minute. */
  private forget(until: number): void {
    for (let at = minuteOf(this.wholeFrom); at < until; at += MINUTE_MS) {
      for (const byKind of this.minutes.get(at)?.values() ?? []) this.cells -= byKind.size;
      this.minutes.delete(at);
    }
    this.wholeFrom = until;
  }
}

export const minuteOf = (time: number): number => Math.floor(time / MINUTE_MS) * MINUTE_MS;

function kindOf(topic: string, { origin, name }: CatalogEvent): string {
  if (origin === 'system') return name;
  if (topic === TOPICS.quarantine) return QUARANTINED;
  return topic === TOPICS.unrecognized ? UNRECOGNIZED : name;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
