import { setTimeout as sleep } from 'node:timers/promises';
import { jimersOf, TOPICS, type CatalogEvent } from '@app/catalog';
import {
  formatPosition,
  partitionKey,
  type OffsetRange,
  changesOf,
  differingColumns,
  explainRow,
  type Evidence,
  type Explanation,
} from '@app/engine';
import { partitionOf } from '@app/engine-kafka';
import { unavailable } from '@app/platform';
import { journeys } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { conflict } from '../common/http/read-controller';
import type { Basis, ExplainQuery, ExplanationDto } from './explain.dto';
import { LogErased } from '../log/log-erased';
import { EvidenceLog, offsetsIn } from './evidence-log';
import { cursorOf, orderEvents, placeOf, type ListedEvent } from './event-pages';
import { deadLettersAt, readStored, type EventRef, type StoredEvidence } from './stored-rows';
import { showEvent, showLetter, showRejected, showRow } from './show-explanation';
import type { Subject } from './subjects';

/** Copies of events are counted where that reads no more of the log than this. */
const MOST_COUNTED = 2_000;
/** Offsets that one projection may be ahead of the timeline for the rest to be read from the log. */
const MOST_BEHIND = 100_000;
const WAIT_MS = 100;
const PATIENCE_MS = 3_000;
const RETRY_SECONDS = 2;

const SEARCHED = 'The events that the timeline names do not make the stored row: the log was searched.';
const UNSEARCHED =
  'The events that the timeline names do not make the stored row, and the log, which may hold others, is too large to be searched unasked: ask with scan=true.';
const UNDECIDED =
  'The log no longer holds an event that decided a column, or its person was erased, so whether the stored row is right cannot be told.';
const FOREIGN =
  'The log holds another event at the position of one that the read models were made of: it is another log, ' +
  'restored or created again, or DATABASE_URL and KAFKA_BROKERS do not belong together. Rebuild the projections from this log.';

/** What was found of the events behind a row. */
interface Gathered {
  readonly basis: Basis;
  readonly evidence: readonly Evidence<CatalogEvent>[];
  /** Positions of the records that the projection has set aside. */
  readonly leftOut: ReadonlySet<string>;
  /** Whether the history names an event at the position of another one, and so lacks one of the two. */
  readonly lacksEvents: boolean;
  /** Events that are listed, and whose records the log does not hold. */
  readonly missing: readonly EventRef[];
  /** Copies in the log by event id; null: not counted. */
  readonly copies: ReadonlyMap<string, number> | null;
}

/** What else there is to say of an answer. */
type Remark = 'searched' | 'unsearched' | null;

interface Wanted {
  readonly isIn: (range: OffsetRange) => boolean;
  /** What the row's projection has applied of these partitions. */
  readonly ranges: readonly OffsetRange[];
  readonly event: (event: CatalogEvent) => boolean;
}

/** Says of a row which events it comes from, and what each of them decided. */
@Injectable()
export class Explanations {
  constructor(
    private readonly database: ReadDatabase,
    private readonly log: EvidenceLog,
    private readonly erased: LogErased,
  ) {}

  /**
   * @param key values of the row's key besides the workspace
   * @param showsRejected whether the token may see rejected events
   * @throws {Problem} 404 for an unknown row, 400 naming `workspace` or `cursor`, 409 for another log, 503 when Kafka
   *   does not answer or the projections are apart
   */
  async explain(
    subject: Subject,
    key: Readonly<Record<string, string>>,
    workspace: string | null,
    query: ExplainQuery,
    showsRejected: boolean,
  ): Promise<ExplanationDto> {
    const place = placeOf(query);
    const read = () => readStored(this.database, subject, key, workspace, place);
    const stored = query.scan ? await read() : await this.settled(subject, read);
    const answer = (found: Gathered, made: Explanation<CatalogEvent>, remark: Remark): ExplanationDto =>
      this.shown(subject, stored, found, made, query, showsRejected, remark);
    const wanted = await this.wantedOf(stored);
    const gathered = query.scan
      ? await this.scanned(subject, wanted)
      : await this.listed(subject, stored, wanted);
    const explanation = explained(subject, stored, gathered);
    const isWhole = isEqual(subject, stored, explanation) && !gathered.lacksEvents;
    if (gathered.basis === 'scan' || isWhole) return answer(gathered, explanation, null);
    if (offsetsIn(wanted.ranges) > MOST_BEHIND) return answer(gathered, explanation, 'unsearched');
    // What the timeline lacks, such as an earlier delivery of other content, is in the log.
    const searched = await this.scanned(subject, wanted);
    return answer(searched, explained(subject, stored, searched), 'searched');
  }

  /** Waits for as long as the timeline is ahead of the row's projection in an event of this row. */
  private async settled(subject: Subject, read: () => Promise<StoredEvidence>): Promise<StoredEvidence> {
    for (const deadline = Date.now() + PATIENCE_MS; ; await sleep(WAIT_MS)) {
      const stored = await read();
      const ahead = refsIn(stored).find(
        ({ listedBy, offset, ...at }) =>
          listedBy === 'timeline' && offset >= (stored.checkpoints.get(partitionKey(at)) ?? 0),
      );
      if (!ahead) return stored;
      if (Date.now() > deadline)
        throw unavailable(
          `The projection ${subject.projection.name} has not applied ${formatPosition(ahead)} yet, which the timeline has: ask again once it has caught up, or with scan=true.`,
          RETRY_SECONDS,
        );
    }
  }

  /** By the positions of the timeline; what that has not applied yet is read from the log. */
  private async listed(subject: Subject, stored: StoredEvidence, wanted: Wanted): Promise<Gathered> {
    const refs = refsIn(stored);
    const found = await this.log.at(refs);
    const missing: EventRef[] = [];
    const evidence: Evidence<CatalogEvent>[] = [];
    let lacksEvents = false;
    for (const [i, ref] of refs.entries()) {
      const each = found[i]!;
      if (each === null) missing.push(ref);
      else if (each.decoded.ok && each.decoded.event.id === ref.id) evidence.push(each);
      // Two changes that made the same version share a row of the history: the id of one, the position of the other.
      else if (ref.listedBy === 'history' && each.decoded.ok) lacksEvents = true;
      else throw conflict(FOREIGN);
    }
    const behind = await this.unlisted(subject, stored, wanted);
    const known = new Set(evidence.map((each) => positionOf(each)));
    evidence.push(...behind.filter((each) => !known.has(positionOf(each))));
    const copies = await this.copies(refs, wanted);
    return { basis: 'timeline', ...(await this.visible(subject, evidence)), lacksEvents, missing, copies };
  }

  private async unlisted(
    subject: Subject,
    stored: StoredEvidence,
    wanted: Wanted,
  ): Promise<Evidence<CatalogEvent>[]> {
    if (stored.person === null || subject.projection === journeys) return [];
    const ranges = rangesIn(stored, stored.timelineCheckpoints).filter(wanted.isIn);
    if (offsetsIn(ranges) > MOST_BEHIND)
      throw unavailable(
        `The timeline is ${offsetsIn(ranges)} records behind the projection ${subject.projection.name}: ask again once it has caught up, or with scan=true.`,
        RETRY_SECONDS,
      );
    if (ranges.length === 0) return [];
    return this.log.search(await this.log.held(ranges), wanted.event);
  }

  private async scanned(subject: Subject, { ranges, event }: Wanted): Promise<Gathered> {
    const found = await this.visible(subject, await this.log.search(await this.log.held(ranges), event));
    return { basis: 'scan', ...found, lacksEvents: false, missing: [], copies: copiesIn(found.evidence) };
  }

  /** Without events of erased persons, whose records stay in the log until compaction removes them. */
  private async visible(
    { projection }: Subject,
    found: readonly Evidence<CatalogEvent>[],
  ): Promise<Pick<Gathered, 'evidence' | 'leftOut'>> {
    const erased = await this.erased.among(
      found.flatMap(({ decoded }) => (decoded.ok ? [decoded.event] : [])),
    );
    const evidence = found.filter(({ decoded }) => !decoded.ok || !erased.has(decoded.event));
    const positions = evidence.map(({ topic, partition, record: { offset } }) => ({
      topic,
      partition,
      offset,
    }));
    return { evidence, leftOut: await deadLettersAt(this.database, projection.name, positions) };
  }

  private async copies(
    refs: readonly EventRef[],
    { ranges }: Wanted,
  ): Promise<ReadonlyMap<string, number> | null> {
    if (offsetsIn(ranges) > MOST_COUNTED) return null;
    const ids = new Set(refs.map(({ id }) => id));
    return copiesIn(await this.log.search(await this.log.held(ranges), ({ id }) => ids.has(id)));
  }

  /**
   * What can be an event of the row's person, or of the row that is nobody's. Engagement is partitioned by the uid of
   * the person, and was by another number of partitions where events are listed in others.
   */
  private async wantedOf(stored: StoredEvidence): Promise<Wanted> {
    const { workspace, person: uid } = stored;
    if (uid === null) return { isIn: () => true, ranges: rangesIn(stored), event: isOfExperience(stored) };
    const home = partitionOf(uid, await this.log.partitionsOf(TOPICS.engagement));
    const others = new Set(refsIn(stored).map((ref) => partitionKey(ref)));
    const isIn = (range: OffsetRange): boolean =>
      range.topic !== TOPICS.engagement || range.partition === home || others.has(partitionKey(range));
    return {
      isIn,
      ranges: rangesIn(stored).filter(isIn),
      event: (event) => event.workspace === workspace && jimersOf(event).includes(uid),
    };
  }

  private shown(
    subject: Subject,
    stored: StoredEvidence,
    gathered: Gathered,
    explanation: Explanation<CatalogEvent>,
    query: ExplainQuery,
    showsRejected: boolean,
    remark: Remark,
  ): ExplanationDto {
    const notes = remark === 'searched' ? [SEARCHED] : [];
    const { table } = subject;
    const { basis, missing, copies } = gathered;
    const { row } = explanation;
    const differing = row === null ? [] : differingColumns(table, row, stored.row);
    const equal = isEqual(subject, stored, explanation);
    const doubts = equal ? [] : doubtsOf(subject, stored, gathered, remark);
    notes.push(...doubts);
    const listed = orderEvents(stored, explanation, missing, basis, query.order);
    const { events, nextCursor } = cursorOf(listed, query);
    const isWhole = basis === 'scan' || stored.whole !== null;
    const owns = listed.map(({ explained }) => explained?.own ?? null);
    const changes = new Map(changesOf(table, owns).map((changed, i) => [listed[i]!.id, changed]));
    return {
      row: row && showRow(table, row, equal ? stored.derived : null),
      matches: equal ? true : doubts.length > 0 ? null : false,
      differing: differing.map(({ publicName }) => publicName),
      basis,
      total: isWhole ? listed.length : stored.total,
      checked: explanation.events.length,
      events: events.map((each: ListedEvent) =>
        showEvent(each, copies, isWhole ? changes.get(each.id)! : null),
      ),
      deadLetters: stored.letters.map(showLetter),
      rejected: showsRejected ? stored.rejected.map(showRejected) : [],
      notes,
      nextCursor,
    };
  }
}

/** What the row's projection has applied, from other checkpoints on or from the beginning. */
function rangesIn(
  { checkpoints }: StoredEvidence,
  since: ReadonlyMap<string, number> = new Map(),
): OffsetRange[] {
  return [...checkpoints]
    .map(([key, to]) => {
      const at = key.lastIndexOf('/');
      return { topic: key.slice(0, at), partition: Number(key.slice(at + 1)), from: since.get(key) ?? 0, to };
    })
    .filter(({ from, to }) => from < to);
}

/** Each event once: those of the page may be among those that decide. */
function refsIn({ whole, page, winners }: StoredEvidence): readonly EventRef[] {
  if (whole !== null) return whole;
  return [...new Map([...page, ...winners].map((ref) => [formatPosition(ref), ref])).values()];
}

function explained(
  { projection, table }: Subject,
  { row, checkpoints }: StoredEvidence,
  { evidence, leftOut }: Gathered,
): Explanation<CatalogEvent> {
  const applied = evidence.filter(
    ({ record, ...at }) => record.offset < (checkpoints.get(partitionKey(at)) ?? 0),
  );
  const key = table.keys.map(({ index }) => row[index]!);
  return explainRow(projection, { table, key }, applied, (each) => !leftOut.has(positionOf(each)));
}

function isEqual({ table }: Subject, stored: StoredEvidence, { row }: Explanation<CatalogEvent>): boolean {
  return row !== null && differingColumns(table, row, stored.row).length === 0;
}

/** Why it cannot be told whether a stored row is right that differs from what the events make. */
function doubtsOf(
  { table, person }: Subject,
  { row }: StoredEvidence,
  { evidence, missing }: Gathered,
  remark: Remark,
): string[] {
  if (remark === 'unsearched') return [UNSEARCHED];
  if (missing.length > 0)
    return [
      `The log no longer holds ${missing.length} of the events, so whether the stored row is right cannot be told.`,
    ];
  // What persons did decides columns of rows that are nobody's, and outlives in them what is erased.
  const ids = new Set(evidence.flatMap(({ decoded }) => (decoded.ok ? [decoded.event.id] : [])));
  const deciders = person === null ? table.groups.map(({ event }) => row[event.index]) : [];
  return deciders.some((id) => typeof id === 'string' && !ids.has(id)) ? [UNDECIDED] : [];
}

const positionOf = ({ topic, partition, record }: Evidence<CatalogEvent>): string =>
  formatPosition({ topic, partition, offset: record.offset });

function copiesIn(evidence: readonly Evidence<CatalogEvent>[]): ReadonlyMap<string, number> {
  const copies = new Map<string, number>();
  for (const { decoded } of evidence)
    if (decoded.ok) copies.set(decoded.event.id, (copies.get(decoded.event.id) ?? 0) + 1);
  return copies;
}

/** Events that say something of an experience: every event but submissions carries one. */
function isOfExperience({ row, workspace }: StoredEvidence): (event: CatalogEvent) => boolean {
  const uid = row[1] as string;
  return (event) => event.workspace === workspace && event.text.toLowerCase().includes(uid);
}
