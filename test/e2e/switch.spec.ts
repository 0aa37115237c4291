import { setTimeout as sleep } from 'node:timers/promises';
import { reachOf, startSystem, until, type RunningSystem } from '@app/testing/infra';
import { ask } from '../support/databases';
import { eventOf, experience, jimer, nextTime } from '../support/events';
import { Client } from '../support/http';
import { GeneratedLog, kafkaOf } from '../support/log';
import { ops, type OpsResult } from '../support/ops';
import { digests, generationsOf } from '../support/read-models';

const EVENTS = 20_000;
const READS_PER_SECOND = 100;
/** Before the rebuild begins: what to compare with. */
const CALM_MS = 4_000;
/** Around the moment of the switch. */
const AROUND_MS = 1_500;
/** More than in calm times: a machine that builds and has other things to do is slow by itself. */
const SLOWER_MS = 3_000;

let system: RunningSystem;
let client: Client;

beforeAll(async () => {
  const env = { READ_API_RATE_LIMIT: '10000', GATEWAY_RATE_LIMIT: '10000' };
  system = await startSystem({ env });
  client = new Client(system.info.gateway, system.info.readApi);
  const life = { seed: 3, jimers: 1_500, experiences: 30, events: EVENTS };
  const log = await GeneratedLog.open(kafkaOf(system.info), 12, life);
  await log.append();
  await log.close();
}, 300_000);

afterAll(() => system?.stop(), 60_000);

const opsHere = (...args: string[]): Promise<OpsResult> => ops(reachOf(system.info), ...args);

interface Read {
  readonly at: number;
  readonly ms: number;
  readonly status: number;
}

/** Something that goes on until it is stopped; what it threw is thrown by `stop`. */
function going(turn: () => Promise<void>, everyMs: number): () => Promise<void> {
  let isOver = false;
  const run = (async () => {
    while (!isOver) {
      await turn();
      await sleep(everyMs);
    }
  })();
  run.catch(() => undefined);
  return async () => {
    isOver = true;
    await run;
  };
}

const slowest = (reads: readonly Read[]): number => Math.round(Math.max(...reads.map(({ ms }) => ms)));

function percentile(reads: readonly Read[], share: number): number {
  const sorted = reads.map(({ ms }) => ms).sort((a, b) => a - b);
  return Math.round(10 * sorted[Math.floor(share * (sorted.length - 1))]!) / 10;
}

/** Reads of the projection's views at an even rate, whatever the answers take. */
function readers(paths: readonly string[]): { readonly reads: Read[]; readonly stop: () => Promise<void> } {
  const reads: Read[] = [];
  const pending = new Set<Promise<void>>();
  let next = 0;
  const started = performance.now();
  const stop = going(() => {
    for (; next < ((performance.now() - started) / 1_000) * READS_PER_SECOND; next++) {
      const at = Date.now();
      const began = performance.now();
      const read = client
        .get(paths[next % paths.length]!)
        .then(
          ({ status }) => status,
          () => 0,
        )
        .then((status) => void reads.push({ at, ms: performance.now() - began, status }))
        .finally(() => pending.delete(read));
      pending.add(read);
    }
    return Promise.resolve();
  }, 10);
  return {
    reads,
    stop: async () => {
      await stop();
      await Promise.all(pending);
    },
  };
}

describe('readers and writers while a projection is rebuilt', () => {
  it('notice nothing: no read fails or is slow, Read-After holds, and the rows are the same', async () => {
    const { url } = system.info.database;
    const [sample] = await until('rows to read', async () => {
      const { count } = (
        await ask<{ count: number }>(url, 'SELECT count(*)::integer AS count FROM read_models.touch')
      )[0]!;
      return (
        count > EVENTS / 2 &&
        ask<{ jimer: string; experience: string }>(
          url,
          `SELECT jimer_uid AS jimer, experience_uid AS experience FROM read_models.journey
          ORDER BY last_event_at DESC LIMIT 1`,
        )
      );
    });
    const { reads, stop } = readers([
      `/v1/jimers/${sample!.jimer}/journey`,
      `/v1/jimers/${sample!.jimer}/timeline`,
      `/v1/experiences/${sample!.experience}/funnel`,
      `/v1/experiences/${sample!.experience}/jimers`,
    ]);
    const tour = experience();
    let seen = 0;
    const stopWriting = going(async () => {
      const who = jimer();
      const { status, body } = await client.post(
        eventOf('tour.started', nextTime(), { experience: tour, jimer: who }),
      );
      expect(status).toBe(202);
      const shown = await client.get<{ items: { id: string }[] }>(
        `/v1/jimers/${String(who['uid'])}/timeline`,
        body.position,
      );
      expect({ status: shown.status, ids: shown.body.items.map(({ id }) => id) }).toEqual({
        ...{ status: 200, ids: [body.id] },
      });
      seen++;
    }, 20);

    await sleep(CALM_MS);
    const calm = [...reads];
    const rebuilding = Date.now();
    const { code, stderr } = await opsHere('rebuild', 'journeys');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    await sleep(AROUND_MS);
    await stopWriting();
    await stop();

    const [older, newer] = await generationsOf(url, 'journeys');
    expect([older!.state, newer!.state]).toEqual(['standby', 'active']);
    const switched = newer!.activatedAt!.getTime();
    expect(switched).toBeGreaterThan(rebuilding);
    const around = reads.filter(({ at }) => Math.abs(at - switched) < AROUND_MS);
    const meanwhile = reads.filter(({ at }) => at > rebuilding && at < switched - AROUND_MS);
    const figures = Object.fromEntries(
      Object.entries({ calm, meanwhile, around }).map(([when, of]) => [
        when,
        { reads: of.length, p99: percentile(of, 0.99), slowest: slowest(of) },
      ]),
    );
    process.stderr.write(`reads in ms, ${seen} Read-Afters: ${JSON.stringify(figures)}\n`);
    expect(reads.filter(({ status }) => status !== 200)).toEqual([]);
    expect(around.length).toBeGreaterThan(10);
    expect(slowest(around)).toBeLessThan(3 * slowest(calm) + SLOWER_MS);
    expect(seen).toBeGreaterThan(3);

    // The generation before has taken every event, too, by the way of live batches.
    const rows = await digests(url);
    expect((await opsHere('rollback', 'journeys')).code).toBe(0);
    expect(await digests(url)).toEqual(rows);
    expect((await opsHere('status', '--json')).code).toBe(0);
  });
});
