import { KafkaLogReader, createKafka, topicDifferences, type TopicDifference } from '@app/engine-kafka';
import {
  addsUp,
  Jobs,
  projectionStatus,
  THE_LOG,
  workPool,
  type Account,
  type GenerationStatus,
} from '@app/engine-postgres';
import { ALL_TOPICS } from '@app/catalog';
import type { LogBounds } from '@app/engine';
import type { Kafka } from 'kafkajs';

import { connection, quiet } from './connection';
import { jobLine, type OverJob } from './outcome';
import { table } from './output';

/**
 * Where every projection stands, with an account of every offset.
 *
 * @returns the exit code: 1 when accounts do not add up, a checkpoint lies outside of the log, or a topic is not kept
 * for good
 */
export async function status(options: { readonly dataDir: string; readonly json: boolean }): Promise<number> {
  const { kafka, database } = connection(options.dataDir);
  const pool = workPool(database.url, 'ops', 2);
  try {
    const projections = await projectionStatus(pool);
    const newest = await new Jobs(pool).newest();
    const topics = [...new Set(projections.flatMap(({ generations }) => generations.flatMap(topicsOf)))];
    const client = createKafka(kafka.connection, 'ops', quiet());
    const forgetting = await forgettingTopics(client);
    const reader = new KafkaLogReader(client, 'ops');
    const bounds = await reader.bounds(topics);
    const shown = projections.map(({ name, pausedAt, pausedReason, generations }) => ({
      name,
      paused: pausedAt !== null,
      pausedReason,
      generations: generations.map((generation) => show(generation, bounds)),
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
    const erasure = newest.find(({ projection }) => projection === THE_LOG.name);
    const lastErasure = erasure === undefined ? '' : `${jobLine('the log', erasure)}\n`;
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ projections: shown, topicDifferences: forgetting }, null, 2)}\n`
        : `${text(shown)}\n${lastErasure}${wrong.length === 0 ? 'All accounts add up.' : 'THE ACCOUNTS DO NOT ADD UP:'}\n`,
    );
    for (const { name, id, topic, partition, trouble } of wrong)
      process.stderr.write(
        `${name}, generation ${id}, ${topic}/${partition}: ${trouble ?? 'its account is not its checkpoint'}\n`,
      );
    for (const { topic, setting, found, wanted } of forgetting)
      process.stderr.write(
        `topic ${topic}: ${setting} is ${found}, must be ${wanted}: the log is no longer kept for good (docs/runbooks.md, "A topic's settings changed")\n`,
      );
    return wrong.length === 0 && forgetting.length === 0 ? 0 : 1;
  } finally {
    await pool.end();
  }
}

/** What makes topics lose records, whatever the apps require beside. */
async function forgettingTopics(kafka: Kafka): Promise<readonly TopicDifference[]> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await topicDifferences(admin, ALL_TOPICS, null);
  } finally {
    await admin.disconnect();
  }
}

type Shown = ReturnType<typeof show>;

function show(generation: GenerationStatus, bounds: readonly LogBounds[]) {
  const accounts = generation.accounts.map((account) => showAccount(account, bounds));
  const { id, version, schema, state, deadLetters } = generation;
  const lag = accounts.reduce((sum, account) => sum + (account.lag ?? 0), 0);
  return { id, version, schema, state, deadLetters, lag, accounts };
}

function showAccount(account: Account, bounds: readonly LogBounds[]) {
  const log = bounds.find(
    ({ topic, partition }) => topic === account.topic && partition === account.partition,
  );
  const { checkpoint } = account;
  const outside = log && checkpoint > 0 && (checkpoint > log.high || checkpoint < log.low);
  return {
    ...account,
    start: 0,
    endOffset: log?.high ?? null,
    lag: log ? Math.max(0, log.high - checkpoint) : null,
    addsUp: addsUp(account),
    trouble: outside
      ? `the checkpoint is at offset ${checkpoint}, but the log holds ${log.low} to ${log.high}: the topic was truncated or made anew; bring the log back, or rebuild the projection`
      : null,
  };
}

const topicsOf = ({ accounts }: GenerationStatus): string[] => accounts.map(({ topic }) => topic);

function text(
  projections: readonly {
    readonly name: string;
    readonly paused: boolean;
    readonly generations: readonly Shown[];
    readonly jobs: readonly OverJob[];
  }[],
): string {
  const head = [
    'projection',
    'generation',
    'state',
    'lag',
    'changed',
    'unchanged',
    'skipped',
    'set aside',
    'gaps',
  ];
  const rows = projections.flatMap(({ name, paused, generations }) =>
    generations.map((generation) => {
      const sum = (of: (account: Account) => number) =>
        String(generation.accounts.reduce((total, account) => total + of(account), 0));
      return [
        name,
        generation.schema,
        paused ? `${generation.state} (paused)` : generation.state,
        String(generation.lag),
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
