import {
  createKafka,
  KafkaLogReader,
  OldestUnapplied,
  topicDifferences,
  withAdmin,
  type TopicDifference,
} from '@app/engine-kafka';
import {
  addsUp,
  Jobs,
  LOG_SUBJECT,
  projectionStatus,
  workPool,
  type GenerationStatus,
  type Job,
  type OffsetLedger,
} from '@app/engine-postgres';
import { ALL_TOPICS } from '@app/catalog';
import { PROJECTIONS } from '@app/projections';
import { formatPosition, isSamePartition, partitionKey, type LogBounds } from '@app/engine';
import type { Kafka } from 'kafkajs';
import { spoken, type ProjectionFacts } from '@app/platform';

import { connection, quiet } from './connection';
import { healthOf, healthText, isInTrouble } from './health';
import { jobLine, type OverJob } from './outcome';
import { table } from './output';

/** The time limit for reading single records; it answers quickly or not at all. */
const DEADLINE_MS = 10_000;

/**
 * Prints the status of every projection with its offset ledger, and the health of the system.
 * @returns the exit code: 1 if something is broken; 0 also if something only needs a decision
 */
export async function status(options: { readonly dataDir: string; readonly json: boolean }): Promise<number> {
  const { kafka, database } = connection(options.dataDir);
  const pool = workPool(database.url, 'ops', 2);
  const client = createKafka(kafka.connection, 'ops', quiet());
  const log = new KafkaLogReader(client, DEADLINE_MS);
  try {
    const kept = await projectionStatus(pool);
    const newest = await new Jobs(pool).newest();
    const topics = [
      ...new Set(
        kept.flatMap(({ name, generations }) => [...declaredTopics(name), ...generations.flatMap(topicsOf)]),
      ),
    ];
    const forgetting = await forgettingTopics(client);
    const bounds = await log.bounds(topics);
    const projections = kept.map(({ generations, ...projection }) => ({
      ...projection,
      generations: generations.map((each) => withUnread(each, declaredTopics(projection.name), bounds)),
    }));
    const oldest = await new OldestUnapplied(log).times(
      projections.flatMap(({ generations }) => generations.flatMap((each) => unapplied(each, bounds))),
    );
    const shown = projections.map(({ name, pausedAt, pausedReason, generations }) => ({
      name,
      paused: pausedAt !== null,
      pausedReason,
      generations: generations.map((generation) => show(generation, bounds, oldest)),
      jobs: newest
        .filter(({ projection }) => projection === name)
        .map(({ id, kind, state, progress, outcome, finishedAt }) => {
          return { id, kind, state, progress, outcome, finishedAt };
        }),
    }));
    const wrong = shown.flatMap(({ name, generations }) =>
      generations.flatMap(({ id, accounts }) =>
        accounts
          .filter((account) => !account.addsUp || account.trouble !== null)
          .map((account) => ({ name, id, ...account })),
      ),
    );
    const health = await healthOf(options.dataDir, pool, log, {
      projections: shown.map((projection) => factsOf(projection, newest)),
      topics: forgetting,
    });
    const erasure = newest.find(({ projection }) => projection === LOG_SUBJECT.name);
    const lastErasure = erasure === undefined ? '' : `${jobLine('the log', erasure)}\n`;
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ projections: shown, topicDifferences: forgetting, health: health.judgement }, null, 2)}\n`
        : `${text(shown)}\n${lastErasure}${wrong.length === 0 ? 'All offset ledgers are complete.' : 'INCOMPLETE OFFSET LEDGERS:'}\n${healthText(health)}\n`,
    );
    for (const account of wrong)
      process.stderr.write(
        `${account.name}, generation ${account.id}, ${partitionKey(account)}: ${account.trouble ?? 'its account is not its checkpoint'}\n`,
      );
    return wrong.length === 0 && !isInTrouble(health) ? 0 : 1;
  } finally {
    await log.close();
    await pool.end();
  }
}

/** The settings with which topics lose records. */
function forgettingTopics(kafka: Kafka): Promise<readonly TopicDifference[]> {
  return withAdmin(kafka, (admin) => topicDifferences(admin, ALL_TOPICS, null));
}

type Shown = ReturnType<typeof show>;

const declaredTopics = (name: string): readonly string[] =>
  PROJECTIONS.find((projection) => projection.name === name)?.topics ?? [];

/** Includes partitions that contain records but have no checkpoint yet. */
function withUnread(
  generation: GenerationStatus,
  topics: readonly string[],
  bounds: readonly LogBounds[],
): GenerationStatus {
  const unread = bounds.filter(
    (held) =>
      held.high > 0 &&
      topics.includes(held.topic) &&
      !generation.accounts.some((each) => isSamePartition(each, held)),
  );
  const none = { checkpoint: 0, changed: 0, unchanged: 0, deadLettered: 0, gaps: 0 };
  const accounts = unread.map(({ topic, partition }) => ({
    ...{ topic, partition, ...none },
    skipped: { 'no handler': 0, tombstone: 0, erased: 0 },
  }));
  return { ...generation, accounts: [...generation.accounts, ...accounts] };
}

function unapplied({ accounts }: GenerationStatus, bounds: readonly LogBounds[]) {
  return accounts
    .filter((account) => (boundsOf(account, bounds)?.high ?? 0) > account.checkpoint)
    .map(({ topic, partition, checkpoint }) => ({ topic, partition, offset: checkpoint }));
}

const boundsOf = (account: OffsetLedger, bounds: readonly LogBounds[]): LogBounds | undefined =>
  bounds.find((each) => isSamePartition(each, account));

/** The facts about a projection for the judgement of the system's health. */
function factsOf(
  { name, paused, pausedReason, generations }: Projection,
  newest: readonly Job[],
): ProjectionFacts {
  const active = generations.find(({ state }) => state === 'active');
  const accounts = active?.accounts ?? [];
  const verification = newest.find(({ projection, kind }) => projection === name && kind === 'verify');
  return {
    ...{ name, paused, pausedReason },
    activeGeneration: active?.id ?? null,
    trouble: accounts.find(({ trouble }) => trouble !== null)?.trouble ?? null,
    lag: active?.lag ?? null,
    lagSeconds: active?.lagSeconds ?? null,
    partitions: accounts,
    deadLetters: active?.deadLetters['set-aside'] ?? 0,
    accountsAddUp: accounts.every((account) => account.addsUp),
    verification: verification ?? null,
  };
}

function show(
  generation: GenerationStatus,
  bounds: readonly LogBounds[],
  oldest: ReadonlyMap<string, number>,
) {
  const accounts = generation.accounts.map((account) => showAccount(account, bounds, oldest));
  const { id, version, schema, state, deadLetters } = generation;
  const lag = accounts.reduce((sum, account) => sum + (account.lag ?? 0), 0);
  const ages = accounts.map(({ lagSeconds }) => lagSeconds);
  const lagSeconds = ages.reduce<number | null>(
    (most, age) => (most === null || age === null ? null : Math.max(most, age)),
    0,
  );
  return { id, version, schema, state, deadLetters, lag, lagSeconds, accounts };
}

function showAccount(
  account: OffsetLedger,
  bounds: readonly LogBounds[],
  oldest: ReadonlyMap<string, number>,
) {
  const log = boundsOf(account, bounds);
  const { topic, partition, checkpoint } = account;
  const lag = log ? Math.max(0, log.high - checkpoint) : null;
  const appendedAt = oldest.get(formatPosition({ topic, partition, offset: checkpoint }));
  const age = appendedAt === undefined ? null : Math.max(0, Date.now() - appendedAt) / 1_000;
  const outside = log && checkpoint > 0 && (checkpoint > log.high || checkpoint < log.low);
  return {
    ...account,
    start: 0,
    endOffset: log?.high ?? null,
    lag,
    lagSeconds: lag === 0 ? 0 : age,
    addsUp: addsUp(account),
    trouble: outside
      ? `the checkpoint is at offset ${checkpoint}, but the log holds ${log.low} to ${log.high}: the topic was truncated or made anew; bring the log back, or rebuild the projection`
      : null,
  };
}

const behind = (seconds: number | null): string =>
  seconds === null ? '?' : seconds === 0 ? '-' : spoken(seconds * 1_000);

const topicsOf = ({ accounts }: GenerationStatus): string[] => accounts.map(({ topic }) => topic);

interface Projection {
  readonly name: string;
  readonly paused: boolean;
  readonly pausedReason: string | null;
  readonly generations: readonly Shown[];
  readonly jobs: readonly OverJob[];
}

function text(projections: readonly Projection[]): string {
  const head = [
    'projection',
    'generation',
    'state',
    'lag',
    'behind',
    'changed',
    'unchanged',
    'skipped',
    'dead letters',
    'gaps',
  ];
  const rows = projections.flatMap(({ name, paused, generations }) =>
    generations.map((generation) => {
      const sum = (of: (account: OffsetLedger) => number) =>
        String(generation.accounts.reduce((total, account) => total + of(account), 0));
      return [
        name,
        generation.schema,
        paused ? `${generation.state} (paused)` : generation.state,
        String(generation.lag),
        behind(generation.lagSeconds),
        sum(({ changed }) => changed),
        sum(({ unchanged }) => unchanged),
        sum(({ skipped }) => skipped['no handler'] + skipped.tombstone + skipped.erased),
        sum(({ deadLettered }) => deadLettered),
        sum(({ gaps }) => gaps),
      ];
    }),
  );
  const jobs = projections.flatMap(({ name, jobs: done }) => done.map((job) => jobLine(name, job)));
  return [table([head, ...rows]), ...jobs].join('\n');
}
