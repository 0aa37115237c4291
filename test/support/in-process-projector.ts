import { decodeEvent, type CatalogEvent } from '@app/catalog';
import { Projector, type Projection } from '@app/engine';
import type { ApplyOutcome, ProjectorObserver } from '@app/engine/adapters';
import { BatchConsumer, createKafka } from '@app/engine-kafka';
import { migrateEngine, openGenerations, PostgresStore, writePool } from '@app/engine-postgres';
import { projectionsOf } from '@app/projections';

/** For a Kafka client whose troubles are part of a test. */
export const SILENT = { warn: () => undefined, debug: () => undefined };
const UNOBSERVED: ProjectorObserver = {
  committed: () => undefined,
  retrying: () => undefined,
  recovered: () => undefined,
  abandoned: () => undefined,
};

export interface InProcessProjector {
  /** What became of its batches. */
  readonly outcomes: Readonly<Record<ApplyOutcome['outcome'], number>>;
  stop(): Promise<void>;
}

/**
 * Projections applied in this process by a consumer group of its own: it shares no partition with a projector
 * process, only the topics.
 *
 * @param projections those of the journey projector unless others are named
 */
export async function projectInProcess(
  group: string,
  brokers: string,
  databaseUrl: string,
  projections: readonly Projection<CatalogEvent>[] = projectionsOf('journey-projector'),
): Promise<InProcessProjector> {
  const pool = writePool(databaseUrl, group, 6);
  await migrateEngine(pool, databaseUrl);
  await openGenerations(pool, projections);
  const store = new PostgresStore(pool, projections);
  const projector = new Projector<CatalogEvent>(projections, decodeEvent, store, UNOBSERVED);
  const outcomes = { applied: 0, resync: 0, 'not-taken': 0, 'foreign-log': 0 };
  const kafka = createKafka({ brokers: brokers.split(','), ssl: false }, group, SILENT);
  const consumer = new BatchConsumer(
    kafka,
    {
      topics: projector.topics,
      forgetPositions: () => projector.forgetPositions(),
      takes: (topic) => projector.takes(topic),
      position: (topic, partition) => projector.position(topic, partition),
      apply: async (batch, lease) => {
        const result = await projector.apply(batch, lease);
        outcomes[result.outcome]++;
        return result;
      },
    },
    { groupId: group, concurrency: 3, maxBytesPerPartition: 1 << 20, maxBytes: 8 << 20 },
    {
      assigned: () => undefined,
      trouble: () => undefined,
      fatal: (error) => {
        throw error;
      },
    },
  );
  await consumer.start();
  return {
    outcomes,
    stop: async () => {
      await consumer.stop();
      await pool.end();
    },
  };
}
