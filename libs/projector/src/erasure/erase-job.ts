import { JIMER_TOPICS, type CatalogEvent } from '@app/catalog';
import type { Source } from '@app/engine/adapters';
import { longestSegmentsOf, withAdmin } from '@app/engine-kafka';
import { Erasures, type ErasurePartition } from '@app/engine-postgres';
import type { Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import { erase } from './erase';
import { withErasingLog, type ErasingLog } from './erasing-log';

interface EraseContext {
  readonly pool: Pool;
  readonly source: Source<CatalogEvent>;
  readonly kafka: Kafka;
}

type Progress = Readonly<Record<string, unknown>>;

/**
 * Removes requested persons from the log, and later events of persons who were erased before.
 *
 * @param parameters of the job: `others` is how many other records of the same person were found at the request
 */
export function eraseFromLog(
  { pool, source, kafka }: EraseContext,
  parameters: Progress,
  report: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Progress> {
  const registry = new Erasures(pool);
  return withErasingLog(kafka, source.log, async (log) => {
    let jimers = 0;
    let [kept, tombstones] = [0, 0];
    // Another erasure may be requested meanwhile.
    do {
      const erasures = await registry.all();
      const result = await erase({
        ...{ log, erasures, signal },
        partitions: await registry.partitions(),
        tell: (progress) => report({ ...progress, step: null }),
        now: () => new Date(),
      });
      const rolled = await roll(log, kafka, result.partitions, signal);
      await registry.keep(rolled);
      await registry.cleared(erasures, result.found);
      await registry.forgetOutcomes();
      jimers = erasures.length;
      kept += result.kept;
      tombstones += Object.values(result.tombstones).reduce((sum, count) => sum + count, 0);
    } while (await registry.isPending());
    return { jimers, tombstones, kept, others: Number(parameters['others'] ?? 0) };
  });
}

/** The key of records that are only appended to close a segment. */
const ROLL_KEY = 'roll';

/**
 * Lets tombstones take effect in idle partitions. Kafka does not compact the segment that it writes to, and starts another
 * one only when a record is appended. So once the segment of a tombstone has reached its maximum age, one more record is
 * appended.
 *
 * @returns the partitions in their new state
 */
async function roll(
  log: ErasingLog,
  kafka: Kafka,
  partitions: readonly ErasurePartition[],
  signal: AbortSignal,
): Promise<readonly ErasurePartition[]> {
  if (partitions.every(({ tombstonedAt }) => tombstonedAt === null)) return partitions;
  const oldest = await withAdmin(kafka, (admin) => longestSegmentsOf(admin, JIMER_TOPICS));
  const due = new Set(
    partitions.filter(
      ({ topic, tombstonedAt }) => tombstonedAt && Date.now() - tombstonedAt.getTime() > oldest.get(topic)!,
    ),
  );
  const messages = [...due].map(({ topic, partition }) => {
    return { topic, partition, key: ROLL_KEY, partitionKey: '', headers: {}, value: null };
  });
  await log.append(messages, signal);
  return partitions.map((each) => (due.has(each) ? { ...each, tombstonedAt: null } : each));
}
