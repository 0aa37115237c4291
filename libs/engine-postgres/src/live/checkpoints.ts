import { storableText, type TopicPartition } from '@app/engine';
import {
  OF_AN_ERASED_PERSON,
  START,
  type BatchCommit,
  type Checkpoint,
  type Committed,
  type DeadLetter,
  type PartitionCheckpoint,
  type RangeAdvance,
} from '@app/engine/adapters';
import type { Pool, PoolClient, QueryResult } from 'pg';

type Queries = Pick<PoolClient, 'query'>;

export async function readCheckpoint(
  pool: Pool,
  generation: number,
  topic: string,
  partition: number,
): Promise<Checkpoint> {
  const { rows } = await pool.query<{ next: string; lastKey: number | null }>(
    `SELECT next_offset AS next, last_key AS "lastKey" FROM engine.checkpoint
      WHERE generation_id = $1 AND topic = $2 AND partition = $3`,
    [generation, topic, partition],
  );
  return rows[0] ? { next: Number(rows[0].next), lastKey: rows[0].lastKey } : START;
}

/** The checkpoints of the partitions that the generation has read from. */
export async function readCheckpoints(pool: Queries, generation: number): Promise<PartitionCheckpoint[]> {
  const { rows } = await pool.query<TopicPartition & { next: string; lastKey: number | null }>(
    `SELECT topic, partition, next_offset AS next, last_key AS "lastKey" FROM engine.checkpoint
      WHERE generation_id = $1`,
    [generation],
  );
  return rows.map(({ topic, partition, next, lastKey }) => ({
    topic,
    partition,
    checkpoint: { next: Number(next), lastKey },
  }));
}

/** The conditions under which a generation takes a batch. */
interface CommitCondition {
  /** Its state must be one of these. */
  readonly states: readonly string[];
  /** Whether it takes batches even if the projection is paused. */
  readonly paused: boolean;
  /** Commit only if the generation's count of erasures is still this one; null skips the check. */
  readonly erasures: number | null;
}

/**
 * Locks the checkpoints of the ranges in order, compares them, moves them, and counts the offsets in between. Unless it
 * affects as many rows as there are ranges, the transaction must not continue.
 */
export function advanceCheckpoints(
  client: Queries,
  { generation, ranges }: BatchCommit,
  { states, paused, erasures }: CommitCondition,
): Promise<QueryResult> {
  const column = (of: (range: RangeAdvance) => unknown) => ranges.map(of);
  return client.query({
    name: 'advance_checkpoints',
    text: ADVANCE,
    values: [
      generation,
      column(({ topic }) => topic),
      column(({ partition }) => partition),
      column(({ expected }) => expected),
      column(({ next }) => next),
      column(({ applied }) => applied),
      column(({ skipped }) => skipped['no handler']),
      column(({ skipped }) => skipped.tombstone),
      column(({ deadLettered }) => deadLettered),
      column(({ gaps }) => gaps),
      column(({ lastKey }) => lastKey),
      states,
      paused,
      erasures,
    ],
  });
}

const ADVANCE = `
WITH asked AS (
  SELECT * FROM unnest($2::text[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
    $8::bigint[], $9::bigint[], $10::bigint[], $11::integer[])
    AS a (topic, partition, expected, next, applied, no_handler, tombstone, dead_lettered, gaps, last_key)
), locked AS MATERIALIZED (
  SELECT c.topic, c.partition FROM engine.checkpoint AS c JOIN asked USING (topic, partition)
   WHERE c.generation_id = $1 AND c.next_offset = asked.expected AND EXISTS (
     SELECT FROM engine.generation AS g JOIN engine.projection AS p ON p.name = g.projection
      WHERE g.id = $1 AND g.state = ANY($12::text[]) AND ($13::boolean OR p.paused_at IS NULL)
       AND ($14::integer IS NULL OR g.erasures = $14))
   ORDER BY c.topic, c.partition FOR UPDATE OF c
)
UPDATE engine.checkpoint AS c SET next_offset = a.next, changed = changed + a.applied,
  skipped_no_handler = skipped_no_handler + a.no_handler, skipped_tombstone = skipped_tombstone + a.tombstone,
  dead_lettered = c.dead_lettered + a.dead_lettered, gaps = c.gaps + a.gaps, last_key = a.last_key,
  updated_at = now()
FROM asked AS a JOIN locked AS l USING (topic, partition)
WHERE c.generation_id = $1 AND (c.topic, c.partition) = (a.topic, a.partition) AND c.next_offset = a.expected`;

/** Inserts the row that the first batch locks and compares. */
export async function ensureCheckpoints(
  client: Queries,
  generation: number,
  places: readonly { readonly topic: string; readonly partition: number }[],
): Promise<void> {
  await client.query(
    `INSERT INTO engine.checkpoint (generation_id, topic, partition)
     SELECT $1, * FROM unnest($2::text[], $3::integer[]) ON CONFLICT DO NOTHING`,
    [generation, places.map(({ topic }) => topic), places.map(({ partition }) => partition)],
  );
}

/** Corrects the counts once it is known which records changed nothing. */
export function countUnchanged(
  client: Queries,
  { generation, ranges }: BatchCommit,
  { unchanged, erased }: Pick<Committed, 'unchanged' | 'erased'>,
): Promise<QueryResult> {
  return client.query({
    name: 'count_unchanged',
    text: `UPDATE engine.checkpoint AS c SET changed = c.changed - a.unchanged - a.erased,
             unchanged = c.unchanged + a.unchanged, skipped_erased = skipped_erased + a.erased
             FROM unnest($2::text[], $3::integer[], $4::bigint[], $5::bigint[]) AS a (topic, partition, unchanged, erased)
            WHERE c.generation_id = $1 AND (c.topic, c.partition) = (a.topic, a.partition)`,
    values: [
      generation,
      ranges.map(({ topic }) => topic),
      ranges.map(({ partition }) => partition),
      unchanged,
      erased,
    ],
  });
}

export function insertDeadLetters(
  client: Queries,
  generation: number,
  deadLetters: readonly DeadLetter[],
): Promise<QueryResult> {
  return client.query(
    `INSERT INTO engine.dead_letter
       (generation_id, topic, partition, record_offset, record_key, workspace, event_id, event_name, reason, mentions)
     SELECT $1, topic, partition, record_offset, record_key, workspace, event_id, event_name, reason, mentions::uuid[]
       FROM unnest($2::text[], $3::integer[], $4::bigint[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::text[])
         AS l (topic, partition, record_offset, record_key, workspace, event_id, event_name, reason, mentions)
     ON CONFLICT DO NOTHING`,
    [
      generation,
      deadLetters.map(({ topic }) => topic),
      deadLetters.map(({ partition }) => partition),
      deadLetters.map(({ offset }) => offset),
      deadLetters.map(({ key }) => shortened(key)),
      deadLetters.map(({ workspace }) => workspace && shortened(workspace)),
      deadLetters.map(({ eventId }) => eventId),
      deadLetters.map(({ eventName }) => eventName && shortened(eventName)),
      deadLetters.map(({ reason }) => shortened(reason)),
      deadLetters.map(({ mentions }) => `{${mentions.join(',')}}`),
    ],
  );
}

/**
 * Discards the dead letters of persons and keeps only their positions. A replayed one stays replayed, since the rows that
 * it contributed to are deleted.
 *
 * @param persons SQL that gives rows (workspace, uid), with its parameters from $2 on
 */
export function forgetDeadLetters(
  client: Queries,
  generation: number,
  persons: string,
  values: readonly unknown[] = [],
): Promise<QueryResult> {
  return client.query(
    `UPDATE engine.dead_letter AS d SET record_key = '', event_id = NULL, event_name = NULL, reason = '${OF_AN_ERASED_PERSON}',
            mentions = '{}', state = CASE d.state WHEN 'set-aside' THEN 'discarded' ELSE d.state END,
            resolved_at = coalesce(d.resolved_at, now()), resolution = '${OF_AN_ERASED_PERSON}'
       FROM (SELECT DISTINCT l.id FROM (${persons}) AS e (workspace, uid)
               JOIN engine.dead_letter AS l ON l.mentions @> ARRAY[e.uid]
              WHERE l.generation_id = $1 AND (l.workspace IS NULL OR l.workspace = e.workspace)) AS found
      WHERE d.id = found.id`,
    [generation, ...values],
  );
}

const LONGEST = 4_000;

/** A record's key or name may hold characters that Postgres cannot store. */
export function shortened(words: string): string {
  return storableText(words.slice(0, LONGEST));
}
