import { decodedRecord } from '../fold/apply';
import type { EngineEvent } from '../log/event';
import type { Source } from '../log/log-reader';
import type { LogRecord } from '../log/record';
import type { Projection } from '../declare/projection';

/** A point in the log's time up to which records count. */
export interface LogCut {
  /** Epoch milliseconds, inclusive. */
  readonly until: number;
  /** Since when the log says what a record says: its timestamp, unless it stands for an older record. */
  readonly loggedAt: (record: LogRecord) => number;
}

/**
 * The log as it was at a point in its time, less what erasure and compaction have taken since. Records that are later
 * are missing from it, like those that compaction took. Those that erase a person are always there: nothing of such a
 * person may be in tables that are made from it.
 */
export function sourceUntil<E extends EngineEvent>(
  { log, decode }: Source<E>,
  projection: Projection<E>,
  { until, loggedAt }: LogCut,
): Source<E> {
  const isErasure = (record: LogRecord): boolean => {
    const { decoded } = decodedRecord(record, decode);
    if (!decoded?.ok || projection.erased === null) return false;
    try {
      return (projection.handlerOf(decoded.event.name)?.(decoded.event) ?? []).some(
        ({ table }) => table === projection.erased,
      );
    } catch {
      // It can be applied neither here nor elsewhere.
      return false;
    }
  };
  const counts = (record: LogRecord): boolean =>
    record.timestamp <= until || loggedAt(record) <= until || isErasure(record);
  return {
    decode,
    log: {
      bounds: (topics) => log.bounds(topics),
      read: (ranges, take, signal) =>
        log.read(
          ranges,
          (batch) => {
            const { records } = batch;
            return take(records.every(counts) ? batch : { ...batch, records: records.filter(counts) });
          },
          signal,
        ),
    },
  };
}
