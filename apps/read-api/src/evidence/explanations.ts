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
import { EvidenceLog, offsetsIn } from './evidence-log';
import { cursorOf, orderEvents, placeOf, type ListedEvent } from './event-pages';
import { readStored, type EventRef, type StoredEvidence } from './stored-rows';
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
const FOREIGN =
  'The log holds another event at the position of one that the read models were made of: it is another log, ' +
  'restored or created again, or DATABASE_URL and KAFKA_BROKERS do not belong together. Rebuild the projections from this log.';

/** What was found of the events behind a row. */
interface Gathered {
  readonly basis: Basis;
  readonly evidence: readonly Evidence<CatalogEvent>[];
  /** Events that are listed, and whose records the log does not hold. */
  readonly missing: readonly EventRef[];
  /** Copies in the log by event id; null: not counted. */
  readonly copies: ReadonlyMap<string, number> | null;
}

interface Wanted {
  readonly range: (range: OffsetRange) => boolean;
  readonly event: (event: CatalogEvent) => boolean;
}

/** Says of a row which events it comes from, and what each of them decided. */
@Injectable()
export class Explanations {
  constructor(
    private readonly database: ReadDatabase,
    private readonly log: EvidenceLog,
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
    const gathered = query.scan ? await this.scanned(stored) : await this.listed(subject, stored);
    const explanation = explained(subject, stored, gathered.evidence);
    if (gathered.basis === 'scan' || isEqual(subject, stored, explanation))
      return this.shown(subject, stored, gathered, explanation, query, showsRejected, []);
    if ((await this.mostOffsets(stored)) > MOST_BEHIND)
      return this.shown(subject, stored, gathered, explanation, query, showsRejected, []);
    // What the timeline lacks, such as an earlier delivery of other content, is in the log.
    const searched = await this.scanned(stored);
    const again = explained(subject, stored, searched.evidence);
    return this.shown(subject, stored, searched, again, query, showsRejected, [SEARCHED]);
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
  private async listed(subject: Subject, stored: StoredEvidence): Promise<Gathered> {
    const refs = refsIn(stored);
    const found = await this.log.at(refs);
    const missing: EventRef[] = [];
    const evidence: Evidence<CatalogEvent>[] = [];
    for (const [i, ref] of refs.entries()) {
      const each = found[i]!;
      if (each === null) missing.push(ref);
      else if (each.decoded.ok && each.decoded.event.id === ref.id) evidence.push(each);
      else throw conflict(FOREIGN);
    }
    const behind = await this.unlisted(subject, stored);
    const known = new Set(evidence.map((each) => positionOf(each)));
    evidence.push(...behind.filter((each) => !known.has(positionOf(each))));
    return { basis: 'timeline', evidence, missing, copies: await this.copies(stored) };
  }

  private async unlisted(subject: Subject, stored: StoredEvidence): Promise<Evidence<CatalogEvent>[]> {
    const wanted = await this.wantedOf(stored);
    if (stored.person === null || subject.projection === journeys) return [];
    const ranges = rangesIn(stored, stored.timelineCheckpoints).filter(wanted.range);
    if (offsetsIn(ranges) > MOST_BEHIND)
      throw unavailable(
        `The timeline is ${offsetsIn(ranges)} records behind the projection ${subject.projection.name}: ask again once it has caught up, or with scan=true.`,
        RETRY_SECONDS,
      );
    if (ranges.length === 0) return [];
    return this.log.search(await this.log.held(ranges), wanted.event);
  }

  private async scanned(stored: StoredEvidence): Promise<Gathered> {
    const wanted = await this.wantedOf(stored);
    const ranges = await this.log.held(rangesIn(stored).filter(wanted.range));
    const evidence = await this.log.search(ranges, wanted.event);
    return { basis: 'scan', evidence, missing: [], copies: copiesIn(evidence) };
  }

  private async copies(stored: StoredEvidence): Promise<ReadonlyMap<string, number> | null> {
    if ((await this.mostOffsets(stored)) > MOST_COUNTED) return null;
    const wanted = await this.wantedOf(stored);
    const ids = new Set(refsIn(stored).map(({ id }) => id));
    const ranges = await this.log.held(rangesIn(stored).filter(wanted.range));
    return copiesIn(await this.log.search(ranges, ({ id }) => ids.has(id)));
  }

  /** How much of the log a search would read at most. */
  private async mostOffsets(stored: StoredEvidence): Promise<number> {
    const wanted = await this.wantedOf(stored);
    return offsetsIn(rangesIn(stored).filter(wanted.range));
  }

  /**
   * What can be an event of the row's person, or of the row that is nobody's. Engagement is partitioned by the uid of
   * the person, and was by another number of partitions where events are listed in others.
   */
  private async wantedOf(stored: StoredEvidence): Promise<Wanted> {
    const { workspace, person: uid } = stored;
    if (uid === null) return { range: () => true, event: isOfExperience(stored) };
    const home = partitionOf(uid, await this.log.partitionsOf(TOPICS.engagement));
    const others = new Set(refsIn(stored).map((ref) => partitionKey(ref)));
    return {
      range: (range) =>
        range.topic !== TOPICS.engagement || range.partition === home || others.has(partitionKey(range)),
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
    remarks: readonly string[],
  ): ExplanationDto {
    const notes = [...remarks];
    const { table } = subject;
    const { basis, missing, copies } = gathered;
    const { row } = explanation;
    const differing = row === null ? [] : differingColumns(table, row, stored.row);
    const equal = isEqual(subject, stored, explanation);
    const unknown = !equal && missing.length > 0;
    if (unknown)
      notes.push(
        `The log no longer holds ${missing.length} of the events, so whether the stored row is right cannot be told.`,
      );
    const listed = orderEvents(stored, explanation, missing, basis, query.order);
    const { events, nextCursor } = cursorOf(listed, query);
    const isWhole = basis === 'scan' || stored.whole !== null;
    const owns = listed.map(({ explained }) => explained?.own ?? null);
    const changes = new Map(changesOf(table, owns).map((changed, i) => [listed[i]!.id, changed]));
    return {
      row: row && showRow(table, row, equal ? stored.derived : null),
      matches: equal ? true : unknown ? null : false,
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
  { row, letters, checkpoints }: StoredEvidence,
  evidence: readonly Evidence<CatalogEvent>[],
): Explanation<CatalogEvent> {
  const left = new Set(
    letters
      .filter((letter) => letter.projection === projection.name && letter.state !== 'replayed')
      .map((letter) => formatPosition(letter)),
  );
  const applied = evidence.filter(
    ({ record, ...at }) => record.offset < (checkpoints.get(partitionKey(at)) ?? 0),
  );
  const key = table.keys.map(({ index }) => row[index]!);
  return explainRow(projection, { table, key }, applied, (each) => !left.has(positionOf(each)));
}

function isEqual({ table }: Subject, stored: StoredEvidence, { row }: Explanation<CatalogEvent>): boolean {
  return row !== null && differingColumns(table, row, stored.row).length === 0;
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
