import { setTimeout as sleep } from 'node:timers/promises';
import { createKafka, KafkaLogReader } from '@app/engine-kafka';
import { until } from '@app/testing/infra';
import type { AppProcess } from '../support/app-process';
import { holdingLock } from '../support/databases';
import { projectInProcess, SILENT } from '../support/in-process-projector';
import { activeSchema, progressOf } from '../support/read-models';
import { goesOn, isNotReady, isReady, Rig, share } from '../support/rig';
import { TcpProxy } from '../support/tcp-proxy';

/** Events that come while partitions change hands. */
const PER_SECOND = 250;
/** Of the consumers: see BatchConsumer. */
const SESSION_MS = 10_000;

let kafkaProxy: TcpProxy;
let rig: Rig;
let all: number;

beforeAll(async () => {
  kafkaProxy = await TcpProxy.listen();
  rig = await Rig.start({
    partitions: 6,
    life: { seed: 7, jimers: 2_000, experiences: 40, events: 200_000 },
    atFirst: 10_000,
    kafkaProxy: kafkaProxy.port,
  });
  kafkaProxy.leadTo(rig.servers.kafkaBehindProxy);
  all = rig.partitions;
}, 180_000);

afterEach(() => rig.endProjectors(), 60_000);

afterAll(async () => {
  await rig?.stop();
  await kafkaProxy?.close();
}, 60_000);

/** Runs `event` while events keep coming; rows and accounts are those of a run without it. */
async function inTheMiddle(databaseUrl: string, event: () => Promise<void>): Promise<void> {
  const feed = rig.log.feed(PER_SECOND);
  try {
    await goesOn(databaseUrl);
    await event();
  } finally {
    await feed.stop();
  }
  await rig.expectUndisturbed(databaseUrl);
}

describe('a partition that moves', () => {
  it('to a second projector, and back when one leaves, loses nothing and repeats nothing', async () => {
    const url = await rig.database('moves');
    const one = rig.projector(url);
    await share(all, one);
    await inTheMiddle(url, async () => {
      const two = rig.projector(url);
      await share(all, one, two);
      await goesOn(url);
      await one.signal('SIGTERM');
      expect(one.exitCode).toBe(0);
      await share(all, two);
      await goesOn(url);
    });
  });
});

describe('a projector that wakes after SIGSTOP longer than its session', () => {
  it('in the middle of a transaction: another has taken over, nothing is repeated and nothing skipped', async () => {
    const url = await rig.database('within');
    const one = rig.projector(url);
    await share(all, one);
    await inTheMiddle(url, async () => {
      await stopWithinTransaction(one, url);
      const two = rig.projector(url);
      await share(all, two);
      await goesOn(url);
      await one.signal('SIGCONT');
      await share(all, one, two);
      await goesOn(url);
    });
  });

  it('between two batches: its next one is refused, since the checkpoint has moved', async () => {
    const url = await rig.database('between');
    const one = rig.projector(url);
    await share(all, one);
    await inTheMiddle(url, async () => {
      await one.signal('SIGSTOP');
      const two = rig.projector(url);
      await share(all, two);
      await goesOn(url);
      // Its buffers hold records that the other has applied by now.
      await one.signal('SIGCONT');
      await share(all, one, two);
    });
  });
});

/** Stops the process while Postgres works on a transaction of it, which gets no further word from it. */
async function stopWithinTransaction(app: AppProcess, databaseUrl: string): Promise<void> {
  const table = `${await activeSchema(databaseUrl, 'journeys')}.touch`;
  await holdingLock(databaseUrl, table, 'SHARE', async (someoneWaits) => {
    await someoneWaits();
    await app.signal('SIGSTOP');
  });
}

describe('a network that fails for longer than a session', () => {
  it.each([
    ['breaks connections', 'cut'],
    ['swallows every byte', 'silence'],
  ] as const)('between projector and Postgres (%s): it waits, and stays in its group', async (_, how) => {
    const url = await rig.database(`postgres_${how}`);
    const proxied = new URL(url);
    const proxy = await TcpProxy.listen(Number(proxied.port));
    proxied.port = String(proxy.port);
    const one = rig.projector(proxied.href);
    await share(all, one);
    await inTheMiddle(url, async () => {
      proxy[how]();
      if (how === 'cut') await isNotReady(one, 'database');
      await sleep(SESSION_MS + 2_000);
      proxy.restore();
      await goesOn(url);
      await isReady(one);
    });
    expect(one.running).toBe(true);
    expect(one.log.split('partitions assigned')).toHaveLength(2);
    await rig.endProjectors();
    await proxy.close();
  });

  it('between projector and Kafka: another takes over; when the first is back it starts from the checkpoints', async () => {
    const url = await rig.database('kafka');
    const one = rig.projector(url, { KAFKA_BROKERS: `127.0.0.1:${kafkaProxy.port}` });
    const two = rig.projector(url);
    await share(all, one, two);
    await inTheMiddle(url, async () => {
      for (const how of ['silence', 'cut'] as const) {
        kafkaProxy[how]();
        await share(all, two);
        await goesOn(url);
        kafkaProxy.restore();
        await share(all, one, two);
        await goesOn(url);
      }
    });
    expect([one.running, two.running]).toEqual([true, true]);
  });
});

describe('a read of the log, as of a rebuild or an erasure', () => {
  it('goes on where it was when Kafka is back, and hands over every record once', async () => {
    const kafka = createKafka({ brokers: [`127.0.0.1:${kafkaProxy.port}`], ssl: false }, 'spec', SILENT);
    const reader = new KafkaLogReader(kafka);
    const wanted = (await reader.bounds(['jimo.engagement'])).map(({ low, high, ...place }) => ({
      ...place,
      from: low,
      to: high,
    }));
    let back: Promise<void> | undefined;
    const found = new Map(wanted.map(({ partition, from }) => [partition, [from]]));
    await reader.read(
      wanted,
      async ({ partition, records }) => {
        back ??= (async () => {
          kafkaProxy.cut();
          // Longer than kafkajs tries again by itself.
          await sleep(15_000);
          kafkaProxy.restore();
        })();
        for (const { offset } of records) {
          const at = found.get(partition)!;
          expect(offset).toBe(at.at(-1));
          at.push(offset + 1);
        }
        await Promise.resolve();
      },
      new AbortController().signal,
    );
    await back;
    expect([...found].map(([, offsets]) => offsets.at(-1))).toEqual(wanted.map(({ to }) => to));
  });
});

describe('two projectors that both believe they own every partition', () => {
  it('the checkpoint comparison decides: the loser drops its batch and reads on from where the winner is', async () => {
    const url = await rig.database('two_owners');
    const owners = [
      await projectInProcess('first-owner', rig.servers.brokers, url),
      await projectInProcess('second-owner', rig.servers.brokers, url),
    ];
    try {
      await inTheMiddle(url, async () => {
        await until('batches won and lost by both', () =>
          owners.every(({ outcomes }) => outcomes.applied > 20 && outcomes.resync > 2),
        );
      });
      expect(await progressOf(url)).toBe(rig.log.offsetsFor('journey-projector'));
    } finally {
      for (const owner of owners) await owner.stop();
    }
  });
});
