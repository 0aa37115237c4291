import { decodeEvent, generateEvents, JIMER_TOPICS, jimerErased, type CatalogEvent } from '@app/catalog';
import { MemoryLog } from '@app/engine-memory';
import { Projector, type Projection } from '@app/engine';
import { verify } from '@app/engine/adapters';
import { PostgresVerify } from '@app/engine-postgres';
import {
  lease,
  postgresFor,
  recordOf,
  silent,
  systemRecordOf,
  withTriage,
  type StoreUnderTest,
} from '@app/testing';
import { PROJECTIONS } from './index';

const PARTITIONS = 3;

/** A generated life, with what the gateway would quarantine and what it does not know. */
function bodies(): string[] {
  const life = generateEvents({
    seed: 5,
    jimers: 40,
    experiences: 9,
    events: 600,
    days: 9,
    redeliveryRate: 0.2,
    requestRate: 0.1,
  });
  const odd = [
    '{"event":"tour.started","time":1740125703000,"note":"neither experience nor jimer"}',
    '{"event":"tour.teleported","time":1740125703000,"n":9007199254740993}',
  ];
  return [...[...life].map(({ body }) => body), ...odd];
}

function jimerIn([body]: readonly string[]): string {
  return (JSON.parse(body!) as { readonly jimer: { readonly uid: string } }).jimer.uid;
}

/** In the middle of everything, in every partition. */
function erase(uid: string, topics: readonly string[], log: MemoryLog): void {
  const time = Date.UTC(2100, 0, 1);
  for (const topic of JIMER_TOPICS.filter((each) => topics.includes(each)))
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const told = jimerErased({ workspace: 'default', time, topic, by: 'a test', jimer: { uid } });
      log.append(topic, partition, systemRecordOf(told, time).record);
    }
}

async function live(projection: Projection<CatalogEvent>, { store }: StoreUnderTest): Promise<MemoryLog> {
  const log = new MemoryLog(projection.topics, PARTITIONS, 100);
  const deliveries = withTriage(bodies());
  for (const [i, delivery] of deliveries.entries()) {
    const { topic, partitionKey, record } = typeof delivery === 'string' ? recordOf(delivery, 0) : delivery;
    if (projection.topics.includes(topic)) log.append(topic, partitionKey.charCodeAt(1) % PARTITIONS, record);
    if (i === deliveries.length >> 1) erase(jimerIn(bodies()), projection.topics, log);
  }
  const projector = new Projector<CatalogEvent>([projection], decodeEvent, store, silent);
  const ranges = (await log.bounds(projection.topics)).map(({ low: from, high: to, ...place }) => ({
    ...place,
    from,
    to,
  }));
  await log.read(
    ranges,
    async (batch) => void (await projector.apply(batch, lease)),
    new AbortController().signal,
  );
  return log;
}

describe.each(PROJECTIONS.map((projection) => ({ name: projection.name, projection })))(
  '$name in Postgres',
  ({ projection }) => {
    const postgres = postgresFor(projection);

    it('is verified equal to the log, whether its rows fit into memory or not', async () => {
      const log = await live(projection, await postgres.empty());
      for (const maxRows of [100_000, 50]) {
        const report = await verify<CatalogEvent>({
          projection,
          source: { log, decode: decodeEvent },
          store: new PostgresVerify(postgres.pool, projection),
          minCompactionLagMs: 600_000,
          maxRows,
          report: () => undefined,
          signal: new AbortController().signal,
        });
        expect(report).toMatchObject({ outcome: 'clean', offsets: [], comparedRows: null });
        expect(report.records).toBeGreaterThan(0);
        for (const { rows, storedRows } of report.tables) expect(storedRows).toBe(rows);
      }
    });
  },
);
