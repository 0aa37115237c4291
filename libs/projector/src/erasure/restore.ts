import { decodeEvent, JIMER_ERASED, readJimerErased, TOPICS } from '@app/catalog';
import type { LogReader } from '@app/engine';
import type { Erasure } from '@app/engine-postgres';

/**
 * Everybody who is erased according to the log. Each erasure is in every partition of every topic with jimers; the one
 * that is read here is usually the smallest.
 */
export async function erasedInLog(
  reader: LogReader,
  signal: AbortSignal,
): Promise<readonly Pick<Erasure, 'workspace' | 'jimerUid' | 'erasedAt' | 'requestedBy'>[]> {
  const erased: Pick<Erasure, 'workspace' | 'jimerUid' | 'erasedAt' | 'requestedBy'>[] = [];
  const bounds = await reader.bounds([TOPICS.quarantine]);
  await reader.read(
    bounds.map(({ topic, partition, low, high }) => ({ topic, partition, from: low, to: high })),
    ({ records }) => {
      for (const record of records) {
        const decoded = decodeEvent(record);
        if (!decoded.ok || decoded.event.origin !== 'system' || decoded.event.name !== JIMER_ERASED) continue;
        const { workspace, time } = decoded.event;
        const { jimer, by } = readJimerErased(decoded.event);
        erased.push({ workspace, jimerUid: jimer.uid, erasedAt: new Date(time), requestedBy: by });
      }
      return Promise.resolve();
    },
    signal,
  );
  return erased;
}
