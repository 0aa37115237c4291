import { connect } from 'node:tls';

import { until } from '@app/testing/infra';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';

import { check, type Findings } from '../chaos/checks/findings';
import { withoutLag } from '../chaos/checks/quiet';
import { Eraser } from '../chaos/faults/eraser';
import { Departures } from '../chaos/load/departures';
import { deliveries } from '../chaos/load/deliveries';
import { Sender } from '../chaos/load/sender';
import { Ops } from '../chaos/ops';
import { TOPICS } from '../chaos/oracle/read-log';
import { Random } from '../chaos/random';
import { chaosSettings } from '../chaos/settings';
import { Client } from '../support/http';
import type { Cluster, Compose } from './compose';

const { seed, without } = chaosSettings();
const MINUTE = 60_000;
const BROKERS = ['kafka-1', 'kafka-2', 'kafka-3'] as const;
const EVENTS_PER_SECOND = 80;
/** Accepted while a part is away: enough that every partition gets some. */
const EVENTS_WITHOUT = 400;
/** Of those who erase. */
const PATIENCE_MS = 20_000;

const say = (text: string): void => {
  process.stderr.write(`cluster chaos  ${text}\n`);
};

/**
 * Declares the tests of a cluster that loses parts under load. They leave nothing that later tests could use.
 * @param cluster once it runs
 */
export function describeLosses(cluster: () => Cluster): void {
  // Its containers can be reached directly on Linux only.
  (process.platform === 'linux' ? describe : describe.skip)(
    `a cluster that loses parts under load (seed ${seed})`,
    () => {
      const random = new Random(seed, 5);
      let compose: Compose;
      let passwords: Readonly<Record<string, string>>;
      let client: Client;
      let sender: Sender;
      let ops: Ops;
      let eraser: Eraser;
      let findings: Findings;

      beforeAll(() => {
        const { gateway, readApi, tokens, admin } = cluster();
        ({ compose, passwords } = cluster());
        client = new Client(gateway, readApi, tokens.default, admin);
        const departures = new Departures(deliveries({ seed, events: 10_000 }), seed);
        sender = new Sender({
          ...{ gateway, tokens, seed, eventsPerSecond: EVENTS_PER_SECOND, connections: 6 },
          deliveries: departures,
        });
        ops = new Ops((words) => compose.attempt('run', '--rm', '--no-deps', '-T', 'ops', ...words));
        eraser = new Eraser({
          client: new Client(gateway, readApi, tokens.default, admin, PATIENCE_MS),
          ...{ ops, departures, killer: null },
          count: (_done, what) => say(what),
        });
        sender.start();
      });

      afterAll(async () => {
        await sender?.finish(1).catch(() => undefined);
      }, MINUTE);

      /** Gone at once, without a chance to hand anything over. */
      async function lose(service: string): Promise<void> {
        say(`SIGKILL ${service}`);
        await compose.run('kill', service);
      }

      async function giveBack(...services: string[]): Promise<void> {
        await compose.run('up', '--wait', '--wait-timeout', '300', '--no-recreate', '--no-deps', ...services);
        say(`${services.join(' and ')} again`);
      }

      async function moreAreAccepted(): Promise<void> {
        const before = sender.promised.length;
        await until('more events to be accepted', () => sender.promised.length >= before + EVENTS_WITHOUT, {
          deadlineMs: 2 * MINUTE,
        });
      }

      /** Goes on taking events, while somebody wants to be erased: that answer may have to wait until all are back. */
      async function goOnWithout(...services: string[]): Promise<void> {
        await Promise.all(services.map(lose));
        const erased = without.has('erase')
          ? Promise.resolve()
          : eraser.erase({ kind: 'erase', killed: false }, new AbortController().signal);
        // Waited for later: until then a failure is nobody's.
        erased.catch(() => undefined);
        await moreAreAccepted();
        await giveBack(...services);
        await erased;
      }

      /** Kafka as seen from the engine's machine: its brokers call themselves by names of their network. */
      async function reachKafka(): Promise<KafkaConfig & { brokers: string[] }> {
        const addresses = new Map<string, string>();
        for (const broker of BROKERS) addresses.set(broker, await compose.addressOf(broker));
        return {
          brokers: BROKERS.map((broker) => `${broker}:9092`),
          ssl: { ca: [await compose.run('exec', '-T', 'gateway', 'cat', '/tls/ca.pem')] },
          sasl: { mechanism: 'plain', username: 'ops', password: passwords['KAFKA_OPS_PASSWORD']! },
          socketFactory: ({ host, port, ssl, onConnect }) =>
            connect({ ...ssl, host: addresses.get(host) ?? host, port, servername: host }, onConnect),
        };
      }

      /** Two brokers lost at the same time would be more than the cluster promises to bear. */
      async function allInSync(): Promise<void> {
        const kafka = new Kafka({ ...(await reachKafka()), logLevel: logLevel.NOTHING }).admin();
        await kafka.connect();
        try {
          await until(
            'all replicas to be in sync',
            async () => {
              const { topics } = await kafka.fetchTopicMetadata({ topics: [...TOPICS] });
              return topics.every(({ partitions }) =>
                partitions.every(({ isr }) => isr.length === BROKERS.length),
              );
            },
            { deadlineMs: 3 * MINUTE, everyMs: 500 },
          );
        } finally {
          await kafka.disconnect();
        }
      }

      it.each(random.shuffled(BROKERS))(
        'goes on taking events without %s',
        async (broker) => {
          await goOnWithout(broker);
          await allInSync();
        },
        8 * MINUTE,
      );

      it('goes on taking events without Postgres', () => goOnWithout('postgres'), 8 * MINUTE);

      it(
        'goes on taking events without Postgres and a broker',
        async () => {
          const broker = random.pick(BROKERS);
          await goOnWithout('postgres', broker);
          await allInSync();
        },
        8 * MINUTE,
      );

      it(
        'comes to rest',
        async () => {
          await sender.finish(2 * MINUTE);
          if (eraser.erased.length > 0) await ops.sweep();
          await withoutLag(client);
          const checked = await check({
            kafka: await reachKafka(),
            // By an address that is in no certificate.
            databaseUrl: `postgresql://jimo:${passwords['POSTGRES_PASSWORD']}@${await compose.addressOf('postgres')}:5432/jimo?sslmode=no-verify`,
            promised: sender.promised,
            ...{ changes: [], erased: eraser.erased },
            ...{ client, ops, without, say },
          });
          findings = checked.findings;
          const gone = `${eraser.erased.length} people erased, with ${checked.oracle.removed().size} records`;
          say(`${sender.promised.length} events with a 202; ${gone}`);
        },
        12 * MINUTE,
      );

      it.each([
        'every 202 is in Kafka',
        'the oracle agrees with the tables',
        'there are no dead letters',
        'nobody else than those who were to be is gone from the log',
        ...(without.has('erase') ? [] : ['nothing stands of those who are erased']),
        ...(without.has('verify') ? [] : ['verify is clean']),
        ...(without.has('status') ? [] : ['the accounts add up']),
      ])('%s', (name) => {
        expect(findings[name]).toEqual([]);
      });

      it('was answered as the contract says', () => {
        expect([...sender.surprises, ...eraser.surprises]).toEqual([]);
      });
    },
  );
}
