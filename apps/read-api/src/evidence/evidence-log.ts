import { decodeEvent, type CatalogEvent } from '@app/catalog';
import {
  comparePartitions,
  isSamePartition,
  type LogBounds,
  type LogPosition,
  type LogReader,
  type OffsetRange,
  type RecordFinder,
  type Evidence,
} from '@app/engine';
import { Problem, unavailable } from '@app/platform';
import { currentTokenKey, whenClientLeaves } from '../access/token-context';
import { GIVEN_UP, type LogTurns } from '../log/log-turns';

const RETRY_SECONDS = 5;
/** Offsets that a search may read, how much it may keep of them, and how long it may take. */
const MOST_SEARCHED = 5_000_000;
const MOST_KEPT_BYTES = 64 << 20;
const SEARCH_MS = 30_000;
const KNOWN_MS = 60_000;
/** How many records are fetched side by side, and how few are not worth it. */
const LANES = 8;
const SMALLEST_LANE = 4;

/** A log that can be searched, up to a time as well. */
export interface SearchedLog extends LogReader, RecordFinder {
  /** The first offset of every partition whose record is of this time or later; its end when there is none. */
  offsets(topics: readonly string[], time: number): Promise<readonly (readonly LogPosition[])[]>;
}

/** The log, as far as it is evidence: single records, searches of partitions, and how many of these there are. */
export class EvidenceLog {
  private knownLag: { readonly lag: number; readonly until: number } | null = null;
  private readonly counts = new Map<string, { readonly partitions: number; readonly until: number }>();

  /**
   * @param turns shared by all that search the log
   * @param lag milliseconds for which no copy of a record is compacted
   */
  constructor(
    private readonly log: SearchedLog,
    private readonly turns: Pick<LogTurns, 'during'>,
    private readonly lag: () => Promise<number>,
  ) {}

  /**
   * Milliseconds for which no copy of a record is compacted, as of a minute ago at most.
   *
   * @throws {Problem} 503 when Kafka does not answer
   */
  async compactionLag(): Promise<number> {
    if (this.knownLag && this.knownLag.until > Date.now()) return this.knownLag.lag;
    const lag = await answered(() => this.lag());
    this.knownLag = { lag, until: Date.now() + KNOWN_MS };
    return lag;
  }

  /**
   * The events at these positions, in their order; null for a record that the log does not hold, or that is a tombstone.
   *
   * @throws {Problem} 503 when Kafka does not answer
   */
  async at(positions: readonly LogPosition[]): Promise<readonly (Evidence<CatalogEvent> | null)[]> {
    const found = new Map<LogPosition, Evidence<CatalogEvent>>();
    const fetch = async (lane: readonly LogPosition[]): Promise<void> => {
      const records = await this.log.recordsAt(lane);
      for (const [i, position] of lane.entries()) {
        const { topic, partition } = position;
        const record = records[i]!;
        if (record !== null && record.value !== null)
          found.set(position, { topic, partition, record, decoded: decodeEvent(record) });
      }
    };
    await answered(() => Promise.all(lanesOf(positions).map(fetch)));
    return positions.map((position) => found.get(position) ?? null);
  }

  /**
   * The events of these ranges that are wanted. The search ends when the client of the request is gone.
   *
   * @throws {Problem} 503 when Kafka does not answer, the search would take too long or keep too much, 429 and 503 when
   *   too many search at once
   */
  async search(
    ranges: readonly OffsetRange[],
    wants: (event: CatalogEvent) => boolean,
  ): Promise<Evidence<CatalogEvent>[]> {
    const asked = ranges.filter(({ from, to }) => from < to);
    if (asked.length === 0) return [];
    if (offsetsIn(asked) > MOST_SEARCHED)
      throw unavailable(`A search would read more than ${MOST_SEARCHED} offsets of the log.`, RETRY_SECONDS);
    const gone = whenClientLeaves();
    return this.turns.during(currentTokenKey(), gone, () => this.searched(asked, wants, gone));
  }

  private async searched(
    asked: readonly OffsetRange[],
    wants: (event: CatalogEvent) => boolean,
    gone: AbortSignal,
  ): Promise<Evidence<CatalogEvent>[]> {
    const found: Evidence<CatalogEvent>[] = [];
    let kept = 0;
    await answered(() =>
      this.log.read(
        asked,
        ({ topic, partition, records }) => {
          for (const record of records) {
            if (record.value === null) continue;
            const decoded = decodeEvent(record);
            if (!decoded.ok || !wants(decoded.event)) continue;
            kept += record.value.length;
            if (kept > MOST_KEPT_BYTES) return Promise.reject(TOO_MUCH());
            found.push({ topic, partition, record, decoded });
          }
          return Promise.resolve();
        },
        AbortSignal.any([AbortSignal.timeout(SEARCH_MS), gone]),
      ),
    );
    return found;
  }

  /** What the log holds of these ranges. @throws {Problem} 503 when Kafka does not answer */
  async held(ranges: readonly OffsetRange[]): Promise<OffsetRange[]> {
    const bounds = await this.bounds([...new Set(ranges.map(({ topic }) => topic))]);
    return ranges.flatMap((range) => {
      const held = bounds.find((each) => isSamePartition(each, range));
      return held
        ? [{ ...range, from: Math.max(range.from, held.low), to: Math.min(range.to, held.high) }]
        : [];
    });
  }

  /** How many partitions a topic has, as of a minute ago at most. */
  async partitionsOf(topic: string): Promise<number> {
    const known = this.counts.get(topic);
    if (known && known.until > Date.now()) return known.partitions;
    const partitions = (await answered(() => this.log.bounds([topic]))).length;
    this.counts.set(topic, { partitions, until: Date.now() + KNOWN_MS });
    return partitions;
  }

  /**
   * Where a search for what was appended by a time may end, in the order of `bounds`.
   *
   * @throws {Problem} 503 when Kafka does not answer
   */
  async endsBefore(topics: readonly string[], time: number): Promise<readonly LogPosition[]> {
    return (await answered(() => this.log.offsets(topics, time)))[0]!;
  }

  /** @throws {Problem} 503 when Kafka does not answer */
  bounds(topics: readonly string[]): Promise<readonly LogBounds[]> {
    return answered(() => this.log.bounds(topics));
  }
}

/**
 * Records of one partition are fetched one after the other: a person's are divided, neighbours together, which come in
 * one answer.
 */
function lanesOf(positions: readonly LogPosition[]): readonly (readonly LogPosition[])[] {
  const size = Math.max(SMALLEST_LANE, Math.ceil(positions.length / LANES));
  const sorted = positions.toSorted((a, b) => comparePartitions(a, b) || a.offset - b.offset);
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, i) =>
    sorted.slice(i * size, (i + 1) * size),
  );
}

const TOO_MUCH = (): Problem =>
  unavailable(
    `The search finds more than ${MOST_KEPT_BYTES >> 20} MiB of events, more than are kept for an answer.`,
    RETRY_SECONDS,
  );

export function offsetsIn(ranges: readonly OffsetRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + Math.max(0, to - from), 0);
}

async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Problem) throw error;
    const { name } = error as { readonly name?: unknown };
    throw unavailable(
      name === 'TimeoutError'
        ? `The search of the log took longer than ${SEARCH_MS / 1_000} s.`
        : name === 'AbortError'
          ? GIVEN_UP
          : 'Kafka does not answer, and the evidence is in its log.',
      RETRY_SECONDS,
      error,
    );
  }
}
