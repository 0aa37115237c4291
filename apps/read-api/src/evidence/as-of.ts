import { ALL_TOPICS, jimersOf, TOPICS, type CatalogEvent } from '@app/catalog';
import {
  foldEvidence,
  isSamePartition,
  parsePosition,
  type AnyReadModel,
  type Evidence,
  type Projection,
  type Row,
} from '@app/engine';
import { partitionOf } from '@app/engine-kafka';
import { givenRows, viewOfGivenRows } from '@app/engine-postgres';
import { badParameter, notFound } from '@app/platform';
import { jimers, journeys, surveys } from '@app/projections';
import { applyDecorators, Injectable } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { ReadDatabase } from '../common/database/read-database';
import { momentOf } from '../common/parameters/moments';
import { CLOCK_SKEW_MS } from '../log/log-search';
import { EvidenceLog } from './evidence-log';

const IS_AS_OF = 'must be a time with its zone (2025-02-03T12:00:00Z), or a position (jimo.engagement/3@17)';

/** The parameter `asOf` of a query. */
export const AsOfTime = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      example: '2025-02-21T08:15:03.000Z',
      description:
        'As it was when the log ended at this time (ISO-8601, a time of the log) or with the record at this position: from the events that are in the log now and were appended by then. Erased persons are not found. The answer has `exact`.',
    }),
    IsOptional(),
    ValidateBy({
      name: 'isAsOf',
      validator: {
        validate: (value) =>
          typeof value === 'string' && (momentOf(value) !== null || parsePosition(value) !== null),
        defaultMessage: () => `$property ${IS_AS_OF}`,
      },
    }),
  );

export const EXACT =
  'Only with `asOf`: false when the time is so long ago that compaction may have removed events that were delivered again since.';

/** The rows of one end user as they were. */
export interface Past {
  /** Reads views of that user as they were, and all others as they are. */
  readonly database: ReadDatabase;
  readonly workspace: string;
  readonly exact: boolean;
}

const SEARCHED = [TOPICS.engagement, TOPICS.feedback];
const PROJECTIONS: readonly Projection<CatalogEvent>[] = [jimers, journeys, surveys];

/** Folds what the log holds of an end user up to a time. */
@Injectable()
export class AsOf {
  constructor(
    private readonly database: ReadDatabase,
    private readonly log: EvidenceLog,
  ) {}

  /**
   * @param workspace that of the end user, who is known and not erased
   * @param asOf a time with its zone, or a position
   * @throws {Problem} 400 naming `asOf`; 503 when Kafka does not answer
   */
  async past(uid: string, workspace: string, asOf: string): Promise<Past> {
    const time = await this.timeOf(asOf);
    const home = partitionOf(uid, await this.log.partitionsOf(TOPICS.engagement));
    const bounds = await this.log.bounds(SEARCHED);
    const ends = await this.log.endsBefore(SEARCHED, time + CLOCK_SKEW_MS);
    // What was appended before partitions were added may be in others.
    const others = await this.partitionsOf(uid, workspace);
    const ranges = bounds
      .filter(
        ({ topic, partition }) => topic !== TOPICS.engagement || partition === home || others.has(partition),
      )
      .map(({ low, high, ...at }) => {
        const end = ends.find((each) => isSamePartition(each, at));
        return { ...at, from: low, to: Math.min(high, end?.offset ?? high) };
      });
    const evidence = await this.log.search(
      ranges,
      (event) => event.receivedAt <= time && event.workspace === workspace && jimersOf(event).includes(uid),
    );
    const exact = time >= Date.now() - (await this.log.compactionLag());
    return { database: pastDatabase(this.database, rowsOf(evidence)), workspace, exact };
  }

  private async timeOf(asOf: string): Promise<number> {
    const time = momentOf(asOf);
    if (time !== null) return time;
    const position = parsePosition(asOf)!;
    const isOurs = (ALL_TOPICS as readonly string[]).includes(position.topic);
    const [found] = isOurs ? await this.log.at([position]) : [];
    if (!found)
      throw badParameter('asOf', 'names a position at which the log holds no record, or not any more');
    return found.record.timestamp;
  }

  /**
   * The partitions of engagement in which the timeline lists events.
   *
   * @throws {Problem} 404 when the erasure of the end user was asked for
   */
  private async partitionsOf(uid: string, workspace: string): Promise<ReadonlySet<number>> {
    const [found] = await this.database.query<{ partitions: readonly number[]; erased: boolean }>(
      `SELECT ARRAY(SELECT DISTINCT (t.position >> 40)::integer FROM read_models.touch AS t
                WHERE t.jimer_uid = $1 AND t.workspace = $2 AND t.kind <> 'request.created') AS partitions,
              EXISTS (SELECT FROM engine.erasure AS e WHERE e.jimer_uid = $1 AND e.workspace = $2) AS erased`,
      [uid, workspace],
    );
    if (found!.erased) throw notFound('There is no jimer of this uid.');
    return new Set(found!.partitions);
  }
}

/** The rows that the events make, in the tables of persons. */
function rowsOf(evidence: readonly Evidence<CatalogEvent>[]): ReadonlyMap<AnyReadModel, readonly Row[]> {
  const tables = PROJECTIONS.flatMap((projection) => [...foldEvidence(projection, evidence)]);
  return new Map(tables.filter(([table]) => table.person?.name === 'jimerUid'));
}

/**
 * The read database, in which the views of these tables have these rows: statements are the same for what is and for
 * what was.
 */
function pastDatabase(database: ReadDatabase, rows: ReadonlyMap<AnyReadModel, readonly Row[]>): ReadDatabase {
  const planned = <T>(sql: string, values: readonly unknown[]): Promise<T[]> => {
    const parameters = [...values];
    let text = sql;
    const views: string[] = [];
    for (const [table, own] of rows) {
      const named = text.replaceAll(new RegExp(`\\bread_models\\.${table.name}\\b`, 'g'), pastOf(table));
      if (named === text) continue;
      text = named;
      const given = `$${parameters.push(givenRows(table, own))}`;
      views.push(`${pastOf(table)} AS (${viewOfGivenRows(table, given)})`);
    }
    return database.query<T>(views.length === 0 ? text : `WITH ${views.join(', ')} ${text}`, parameters);
  };
  return { planned, query: planned } as Pick<ReadDatabase, 'planned' | 'query'> as ReadDatabase;
}

const pastOf = ({ name }: AnyReadModel): string => `past_${name}`;
