import { ALL_TOPICS, SYSTEM_EVENTS, definitionOf } from '@app/catalog';
import {
  isSamePartition,
  parsePosition,
  partitionKey,
  type LogPosition,
  type OffsetRange,
} from '@app/engine';
import { partitionOf, type KafkaLogReader, type PlacedRecord } from '@app/engine-kafka';
import { badParameter, badParameters, forbidden, notFound, Problem, unavailable } from '@app/platform';
import type { OnApplicationShutdown } from '@nestjs/common';
import { momentOf } from '../common/parameters/moments';
import { readVector, writeVector } from '../common/parameters/offset-vector';
import { isoTimeOrNull } from '../common/database/times';
import { BackwardScan, type ScanLimits } from './backward-scan';
import type { KnownPositions, KnownPositionsQuery } from './known-positions';
import type { LogErased } from './log-erased';
import {
  isInTime,
  isRejectedTopic,
  partitionKeyIn,
  topicsOf,
  wants,
  wantsUnreadable,
  type LogFilter,
  type Reach,
} from './log-filter';
import type { ScanRange } from './scan-lane';
import { foundRecord, showRecord, type FoundRecord } from './log-record';
import { GIVEN_UP, type LogTurns } from './log-turns';
import type { LogPageDto, LogQuery } from './log.dto';

const RETRY_SECONDS = 5;
/** Gateways append with their own clocks: a record may come after one that is a little younger. */
export const CLOCK_SKEW_MS = 60_000;
const GONE =
  'The log holds no event at this position: it was erased, displaced by a later delivery, or it is not one that this token reaches.';

export interface LogSearchParts {
  readonly log: Pick<KafkaLogReader, 'offsets' | 'recordsFrom' | 'recordsAt' | 'close'>;
  readonly erased: Pick<LogErased, 'among'>;
  readonly known: Pick<KnownPositionsQuery, 'of'>;
  readonly limits: ScanLimits;
  readonly turns: Pick<LogTurns, 'during'>;
  /** Partitions that every topic has had from the start. */
  readonly partitions: number;
}

/** Who searches. */
export interface Searcher {
  readonly tokenKey: string;
  readonly workspace: string | null;
  readonly reach: Reach;
}

/**
 * Finds events in the log, newest first. A page reads so many records at most, and says how far it has come; a cursor
 * is an offset for every partition, so that nothing is left out or repeated while events are appended.
 */
export class LogSearch implements OnApplicationShutdown {
  constructor(private readonly parts: LogSearchParts) {}

  async onApplicationShutdown(): Promise<void> {
    await this.parts.log.close();
  }

  /**
   * @param signal ends the search: whoever asked is gone
   * @throws {Problem} 400 for a bad parameter, 403 for what the token does not reach, 404 for a position without an
   * event, 429 and 503 when too many search at once, 503 when Kafka does not answer
   */
  async page(query: LogQuery, searcher: Searcher, signal: AbortSignal): Promise<LogPageDto> {
    const filter = filterOf(query, searcher.workspace);
    assertFilter(query, filter, searcher.reach);
    try {
      return await this.parts.turns.during(searcher.tokenKey, signal, () =>
        query.position === undefined
          ? this.search(filter, query, searcher.reach, signal)
          : this.at(query.position, filter, searcher.reach),
      );
    } catch (error) {
      if (error instanceof Problem || !signal.aborted) throw error;
      throw unavailable(GIVEN_UP, RETRY_SECONDS, error);
    }
  }

  private async search(
    filter: LogFilter,
    { limit, cursor, scan }: LogQuery,
    reach: Reach,
    signal: AbortSignal,
  ): Promise<LogPageDto> {
    const topics = topicsOf(filter, reach);
    if (topics.length === 0) return NOTHING;
    const { log, limits } = this.parts;
    const { from, to } = filter;
    const [starts, ends, first, last] = await answered(
      log.offsets(topics, 'start', 'end', from ?? 'start', to === null ? 'end' : to + CLOCK_SKEW_MS),
    );
    const counts = topics.map((topic) => ends!.filter((each) => each.topic === topic).length);
    const continued = cursor === undefined ? null : offsetsIn(cursor, counts);
    const ranges = ends!.map(({ topic, partition, offset }, i) => ({
      ...{ topic, partition },
      from: Math.max(starts![i]!.offset, first![i]!.offset),
      to: Math.min(offset, continued ? continued[i]! : last![i]!.offset),
    }));
    const known =
      filter.jimerUid === null || scan ? null : await this.parts.known.of(filter.jimerUid, filter);
    const wanted = ranges.flatMap((range) =>
      this.searched(range, filter, counts[topics.indexOf(range.topic)]!, known),
    );
    const search = new BackwardScan<FoundRecord>(
      wanted,
      {
        from: (positions, bytes) => answered(log.recordsFrom(positions, bytes)),
        at: (positions) => this.recordsAt(positions),
        select: (records) => this.select(records, filter, reach),
        ...{ limits, signal },
      },
      isNarrow(filter) && !known ? limits.buffered : Math.ceil(limit / Math.max(1, wanted.length)) + 8,
    );
    const found: FoundRecord[] = [];
    while (found.length < limit) {
      const next = await search.next();
      if (!next) break;
      found.push(next);
    }
    search.skip();
    return {
      items: found.map(showRecord),
      nextCursor: search.remaining === 0 ? null : cursorOf(ranges, wanted, search.offsets, counts),
      scannedTo: isoTimeOrNull(search.passedTo),
      scanned: search.scanned,
      remaining: search.remaining,
      basis: known ? 'timeline' : 'scan',
    };
  }

  /** What of the range is searched, if anything. */
  private searched(
    range: OffsetRange,
    filter: LogFilter,
    partitions: number,
    known: KnownPositions | null,
  ): ScanRange[] {
    if (range.from >= range.to) return [];
    const mayBeHere = this.mayBeIn(range, filter, partitions);
    const kept = known?.in(range) ?? null;
    if (!kept) return mayBeHere ? [range] : [];
    const below = mayBeHere ? kept.below : range.to;
    const offsets = kept.offsets.filter((offset) => offset >= range.from && offset < range.to);
    return below < range.to || offsets.length > 0 ? [{ ...range, known: { below, offsets } }] : [];
  }

  /** Whether the subject of wanted events belongs to the partition. */
  private mayBeIn({ topic, partition }: OffsetRange, filter: LogFilter, partitions: number): boolean {
    const key = partitionKeyIn(topic, filter);
    if (key === null) return true;
    // Partitions may have been added: an event is where it belonged with as many as there were then.
    for (let then = Math.min(this.parts.partitions, partitions); then <= partitions; then++)
      if (partitionOf(key, then) === partition) return true;
    return false;
  }

  private async select(
    records: readonly PlacedRecord[],
    filter: LogFilter,
    reach: Reach,
  ): Promise<(FoundRecord | null)[]> {
    const found = records.map((placed) => {
      if (!isInTime(filter, placed.record)) return null;
      const record = foundRecord(placed);
      return record && isWanted(record, filter, reach) ? record : null;
    });
    const erased = await this.parts.erased.among(found.flatMap((each) => each?.event ?? []));
    return found.map((each) => (each?.event && erased.has(each.event) ? null : each));
  }

  private async recordsAt(positions: readonly LogPosition[]): Promise<PlacedRecord[]> {
    const records = await answered(this.parts.log.recordsAt(positions));
    return records.flatMap((record, i) => {
      const { topic, partition } = positions[i]!;
      return record ? [{ topic, partition, record }] : [];
    });
  }

  private async at(text: string, filter: LogFilter, reach: Reach): Promise<LogPageDto> {
    const position = parsePosition(text);
    if (!position) throw badParameter('position', 'must be <topic>/<partition>@<offset>');
    const { topic, offset } = position;
    if (!ALL_TOPICS.some((each) => each === topic))
      throw badParameter('position', `must be in one of the topics ${ALL_TOPICS.join(', ')}`);
    if (reach === 'accepted events' && isRejectedTopic(topic))
      throw forbidden('Rejected events need a token of scope admin.');
    const [starts, ends] = await answered(this.parts.log.offsets([topic], 'start', 'end'));
    const [start, end] = [starts, ends].map((each) => each!.find((one) => isSamePartition(one, position)));
    if (!end) throw notFound(`The log has no partition ${partitionKey(position)}.`);
    if (offset >= end.offset)
      throw notFound(`The log of ${partitionKey(position)} ends before offset ${end.offset}.`);
    if (offset < start!.offset) throw notFound(GONE);
    const [found] = await this.select(await this.recordsAt([position]), filter, reach);
    if (!found) throw notFound(GONE);
    return {
      ...NOTHING,
      items: [showRecord(found)],
      scanned: 1,
      scannedTo: isoTimeOrNull(found.record.timestamp),
    };
  }
}

const NOTHING: LogPageDto = {
  ...{ items: [], nextCursor: null, scannedTo: null, scanned: 0, remaining: 0 },
  basis: 'scan',
};

/** @throws {Problem} 503 when Kafka does not answer */
async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw unavailable('Kafka does not answer.', RETRY_SECONDS, error);
  }
}

function isWanted({ event, value }: FoundRecord, filter: LogFilter, reach: Reach): boolean {
  if (event) return wants(filter, event);
  return reach === 'every record' && wantsUnreadable(filter, value.toString('utf8'));
}

/** Whether most of what is read is probably not wanted. */
const isNarrow = (filter: LogFilter): boolean => givenIn({ ...filter, from: null, to: null }).length > 0;

/** The names of what is asked for. */
const givenIn = (filter: object): string[] =>
  Object.entries(filter).flatMap(([name, value]) => (value === null ? [] : [name]));

function filterOf(query: LogQuery, workspace: string | null): LogFilter {
  return {
    workspace,
    jimerUid: query.jimerUid ?? null,
    experienceUid: query.experienceUid ?? null,
    requestUid: query.requestUid ?? null,
    id: query.id ?? null,
    event: query.event ?? null,
    from: momentOf(query.from),
    to: momentOf(query.to),
    q: query.q ?? null,
  };
}

/** @throws {Problem} 400 naming what cannot be asked */
function assertFilter({ position, cursor }: LogQuery, filter: LogFilter, reach: Reach): void {
  const given = givenIn({ ...filter, workspace: null, cursor: cursor ?? null });
  if (position !== undefined && given.length > 0)
    throw badParameters(given.map((path) => ({ path, message: 'does not go with position' })));
  if (filter.from !== null && filter.to !== null && filter.to < filter.from)
    throw badParameter('to', 'must not be before from');
  const { event } = filter;
  if (event !== null && reach === 'accepted events' && !isKnownEvent(event))
    throw badParameter('event', 'is not in the catalogue: events of other names need a token of scope admin');
}

const isKnownEvent = (name: string): boolean =>
  definitionOf(name) !== undefined || SYSTEM_EVENTS.some((each) => each.name === name);

/** @throws {Problem} 400 for anything that `cursorOf` did not make for these topics */
function offsetsIn(cursor: string, counts: readonly number[]): readonly number[] {
  const read = readVector(cursor, counts);
  if (read.outcome !== 'read') throw badParameter('cursor', 'is not one that this list gave');
  return read.vector;
}

/** @param offsets per range of `searched`; there is nothing left in the others */
function cursorOf(
  ranges: readonly OffsetRange[],
  searched: readonly OffsetRange[],
  offsets: readonly number[],
  counts: readonly number[],
): string {
  const left = new Map(searched.map((range, i) => [partitionKey(range), offsets[i]!]));
  return writeVector(
    ranges.map((range) => left.get(partitionKey(range)) ?? 0),
    counts,
  );
}
