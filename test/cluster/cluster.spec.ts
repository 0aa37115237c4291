import { until } from '@app/testing/infra';

import { eventOf, jimer } from '../support/events';
import { type Accepted, type Answer, Client } from '../support/http';
import { Cluster, type Compose, whyNoCompose } from './compose';
import { describeLosses } from './losses';

const reason = whyNoCompose();
if (reason !== undefined) process.stderr.write(`the cluster's tests are skipped: ${reason}\n`);

const MINUTE = 60_000;
jest.setTimeout(2 * MINUTE);

(reason === undefined ? describe : describe.skip)('docker compose up', () => {
  let cluster: Cluster;
  let compose: Compose;
  let client: Client;

  beforeAll(async () => {
    cluster = await Cluster.prepare();
    compose = cluster.compose;
    client = new Client(cluster.gateway, cluster.readApi, cluster.tokens.default, cluster.admin);
    await compose.run('up', '--build', '--wait', '--wait-timeout', '600');
  }, 20 * MINUTE);

  afterAll(() => compose?.remove(), 3 * MINUTE);

  async function sendAndRead(): Promise<Answer<Accepted>> {
    const someone = jimer();
    const sent = await until(
      'a 202',
      async () => {
        const answer = await client.post(eventOf('tour.started', Date.now(), { jimer: someone }));
        return answer.status === 202 && answer;
      },
      { deadlineMs: MINUTE },
    );
    await until(
      'the event in the read API',
      async () => {
        const path = `/v1/jimers/${String(someone['uid'])}/timeline`;
        const { body } = await client.get<{ items: { id: string }[] }>(path, sent.body.position);
        return body.items.some(({ id }) => id === sent.body.id);
      },
      { deadlineMs: MINUTE },
    );
    return sent;
  }

  it('ends healthy, with the topics and tables made', async () => {
    for (const service of [
      'kafka-1',
      'kafka-2',
      'kafka-3',
      'postgres',
      'gateway',
      'journey-projector',
      'read-api',
    ])
      expect(await compose.containers(service)).toMatchObject([{ State: 'running', Health: 'healthy' }]);
    for (const service of ['certificates', 'setup'])
      expect(await compose.containers(service)).toMatchObject([{ State: 'exited', ExitCode: 0 }]);
  });

  it('runs no app as root', async () => {
    expect((await compose.run('exec', '-T', 'gateway', 'id', '-u')).trim()).not.toBe('0');
  });

  it('lets nobody into Postgres or Kafka without TLS and a password', async () => {
    const inside = (script: string, service = 'read-api') =>
      compose.attempt('exec', '-T', service, 'node', '-e', script);
    const query = (change: string) => `
      const url = new URL(process.env.DATABASE_URL); ${change};
      const client = new (require('pg').Client)(url.href);
      client.connect().then(() => client.end()).then(() => console.log('in'), (e) => console.log(e.message))`;
    expect((await inside(query(''))).stdout).toBe('in\n');
    expect((await inside(query("url.search = ''"))).stdout).toMatch(/no encryption/);
    expect((await inside(query("url.password = 'x'"))).stdout).toMatch(/password authentication failed/);
    expect((await inside('console.log(process.env.DATABASE_URL)', 'gateway')).stdout).toBe('undefined\n');
    const admin = (sasl: string) => `
      const { KAFKA_BROKERS, KAFKA_SSL_CA, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = process.env;
      const ssl = { ca: [require('fs').readFileSync(KAFKA_SSL_CA)] };
      const kafka = new (require('kafkajs').Kafka)({ brokers: KAFKA_BROKERS.split(','), ssl, ${sasl} logLevel: 0, retry: { retries: 0 } });
      const admin = kafka.admin();
      admin.connect().then(() => admin.listTopics()).then((topics) => console.log(topics.length), (e) => console.log(e.name))
        .finally(() => admin.disconnect())`;
    const own = "sasl: { mechanism: 'scram-sha-512', username, password },";
    expect((await inside(admin(own))).stdout).toBe('5\n');
    expect((await inside(admin(own), 'journey-projector')).stdout).toBe('2\n');
    expect((await inside(admin(''))).stdout).toMatch(/^KafkaJS/);
  });

  it('has a command line that may do everything', async () => {
    const { code, said } = await compose.attempt('run', '--rm', '-T', 'ops', 'status');
    expect(said).toContain('All offset ledgers are complete.');
    expect(code).toBe(0);
  });

  it(
    'takes an event and shows it',
    async () => {
      await sendAndRead();
    },
    2 * MINUTE,
  );

  it(
    'spreads the partitions over three journey projectors',
    async () => {
      await compose.run(
        'up',
        '--wait',
        '--wait-timeout',
        '300',
        '--no-recreate',
        '--scale',
        'journey-projector=3',
      );
      expect(await compose.containers('journey-projector')).toHaveLength(3);
      const held = () =>
        Promise.all(
          [1, 2, 3].map(async (index) => {
            const script =
              'fetch("http://127.0.0.1:3000/metrics").then((answer) => answer.text()).then((text) => console.log(text))';
            const args = ['exec', '-T', '--index', String(index), 'journey-projector', 'node', '-e', script];
            const text = await compose.run(...args);
            return Number(/^projector_partitions(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1]);
          }),
        );
      const shares = await until(
        'each projector to have a share',
        async () => {
          const each = await held();
          return each.every((partitions) => partitions > 0) && each;
        },
        { deadlineMs: 2 * MINUTE, everyMs: 1_000 },
      );
      // Its two topics have 12 partitions each.
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(24);
      await sendAndRead();
    },
    8 * MINUTE,
  );

  it(
    'goes on taking events, and showing them, without one of the three brokers',
    async () => {
      await compose.run('stop', '--timeout', '60', 'kafka-2');
      // Enough that every broker was the leader of some of their partitions.
      for (let i = 0; i < 20; i++) await sendAndRead();
      await compose.run('up', '--wait', '--wait-timeout', '300', '--no-recreate', 'kafka-2');
      await sendAndRead();
    },
    8 * MINUTE,
  );

  // The last ones: their load and their losses would disturb the others.
  describeLosses(() => cluster);
});
