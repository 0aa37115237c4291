import { until } from '@app/local';
import { startNode } from '../live/process';
import { Meter } from '../measure/meter';
import type { Figures } from '../measure/results';
import type { Options } from '../options';
import type { Servers } from '../servers';
import { PARTITIONS, quietKafka } from '../workload';
import { BENCH_TOPIC, type GatewayContestant, type Listening } from './contestant';

const CONNECTIONS = 100;
const WARM_UP_SECONDS = 5;
/** Of the batch endpoint. */
const BATCH = { suffix: '/batch', perRequest: 500, connections: 4 };

interface Loaded {
  readonly accepted: number;
  readonly non2xx: number;
  readonly errors: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

/** One gateway under 100 connections; ours its batch endpoint as well. */
export async function loadGateway(
  contestant: GatewayContestant,
  where: { readonly servers: Servers; readonly suite: string; readonly round: number },
  { seconds }: Pick<Options, 'seconds'>,
): Promise<Figures[]> {
  const { servers, round } = where;
  await createTopic(servers.brokers);
  const gateway = await contestant.start(servers);
  try {
    const shapes = [{ suite: where.suite, suffix: '', perRequest: 1, connections: CONNECTIONS }];
    if (contestant.name === 'ours') shapes.push({ suite: 'gateway batch', ...BATCH });
    const figures: Figures[] = [];
    for (const { suite, suffix, perRequest, connections } of shapes) {
      await load(gateway, suffix, WARM_UP_SECONDS, perRequest, connections);
      const before = await appended(servers.brokers, gateway.topics);
      const meter = new Meter([gateway.pid], servers);
      const run = await load(gateway, suffix, seconds, perRequest, connections);
      const events = run.accepted * perRequest;
      const costs = meter.read(events);
      const stored = (await appended(servers.brokers, gateway.topics)) - before;
      const bad = run.non2xx + run.errors;
      figures.push({
        suite,
        round,
        contestant: contestant.name,
        perSecond: events / run.seconds,
        p50: run.p50,
        p99: run.p99,
        ...costs,
        // What was under way at the end of the load is stored but was not waited for.
        rows: stored >= events ? 'all in the log' : `WRONG: ${events} accepted, ${stored} stored`,
        ...(bad > 0 ? { note: `${bad} refused or failed` } : {}),
      });
    }
    return figures;
  } finally {
    await gateway.stop();
  }
}

async function load(
  { url, headers }: Listening,
  suffix: string,
  seconds: number,
  perRequest: number,
  connections: number,
): Promise<Loaded> {
  let printed = '';
  const args = [url + suffix, JSON.stringify(headers), ...[seconds, perRequest, connections].map(String)];
  const child = await startNode('gateway/load.process', args, (line) => (printed = line));
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`the load failed:\n${child.lastLines()}`);
  return JSON.parse(printed) as Loaded;
}

async function createTopic(brokers: string): Promise<void> {
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  // kafkajs's own wait for leaders fails where the broker has not heard of the topic yet.
  await admin.createTopics({
    topics: [{ topic: BENCH_TOPIC, numPartitions: PARTITIONS }],
    waitForLeaders: false,
  });
  await until('the topic', async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [BENCH_TOPIC] });
    return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
  });
  await admin.disconnect();
}

/** How many records the topics have taken so far. */
async function appended(brokers: string, topics: readonly string[]): Promise<number> {
  const admin = quietKafka(brokers).admin();
  await admin.connect();
  const offsets = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
  await admin.disconnect();
  return offsets.flat().reduce((sum, { high }) => sum + Number(high), 0);
}
