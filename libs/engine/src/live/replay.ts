import type { EngineEvent } from '../log/event';
import type { LogRecord } from '../log/record';
import { applyRecord, decodedRecord } from '../fold/apply';
import { RowFold } from '../fold/row-fold';
import { isSamePartition, partitionKey, type LogPosition } from '../log/log-position';
import type { Source } from '../log/log-reader';
import type { Projection } from '../declare/projection';
import type { AnyReadModel } from '../declare/read-model';
import type { Row } from '../declare/column-types';

/** An open dead letter of one generation of one projection. */
export interface OpenDeadLetter extends LogPosition {
  readonly id: string;
  readonly projection: string;
  readonly generation: number;
}

export type ReplayOutcome =
  /** Its contributions have been merged into the tables. */
  | { readonly outcome: 'replayed' }
  /** It still cannot be applied, for this reason. */
  | { readonly outcome: 'failed'; readonly reason: string }
  /** Somebody has replayed or discarded it already. */
  | { readonly outcome: 'resolved before' };

export interface DeadLetterStore {
  /**
   * Merges what the record contributes and marks it as replayed, in one transaction; merging twice changes
   * nothing. A dead letter that is no longer open stays as it is.
   */
  replay(deadLetter: OpenDeadLetter, rows: ReadonlyMap<AnyReadModel, readonly Row[]>): Promise<ReplayOutcome>;
  /** Stores that another attempt failed, and why. */
  failed(deadLetter: OpenDeadLetter, reason: string): Promise<ReplayOutcome>;
}

export const NOT_IN_THE_LOG =
  'the log no longer holds this record: a later copy displaced it, or it was erased';

/**
 * Applies dead letters again, each by itself, with the projection as it is declared now. Reads every partition once,
 * from its first dead letter to its last.
 */
export async function replayDeadLetters<E extends EngineEvent>(
  projection: Projection<E>,
  deadLetters: readonly OpenDeadLetter[],
  source: Source<E>,
  store: DeadLetterStore,
  signal: AbortSignal,
): Promise<ReadonlyMap<OpenDeadLetter, ReplayOutcome>> {
  const outcomes = new Map<OpenDeadLetter, ReplayOutcome>();
  const ranges = [...Map.groupBy(deadLetters, partitionKey).values()];
  const replayOne = async (deadLetter: OpenDeadLetter, record: LogRecord | null): Promise<void> => {
    outcomes.set(deadLetter, await replay(projection, deadLetter, record, source, store));
  };
  await source.log.read(
    ranges.map((each) => ({
      topic: each[0]!.topic,
      partition: each[0]!.partition,
      from: Math.min(...each.map(({ offset }) => offset)),
      to: Math.max(...each.map(({ offset }) => offset)) + 1,
    })),
    async (batch) => {
      const { fromOffset, nextOffset, records } = batch;
      const found = new Map(records.map((record) => [record.offset, record]));
      for (const deadLetter of deadLetters)
        if (isSamePartition(deadLetter, batch))
          if (deadLetter.offset >= fromOffset && deadLetter.offset < nextOffset)
            await replayOne(deadLetter, found.get(deadLetter.offset) ?? null);
    },
    signal,
  );
  return outcomes;
}

async function replay<E extends EngineEvent>(
  projection: Projection<E>,
  deadLetter: OpenDeadLetter,
  record: LogRecord | null,
  { decode }: Source<E>,
  store: DeadLetterStore,
): Promise<ReplayOutcome> {
  if (!record) return store.failed(deadLetter, NOT_IN_THE_LOG);
  const applied = applyRecord(projection, deadLetter.partition, decodedRecord(record, decode));
  switch (applied.outcome) {
    case 'dead letter':
      return store.failed(deadLetter, applied.reason);
    case 'skipped':
      return store.replay(deadLetter, new Map());
    case 'applied': {
      const fold = new RowFold(projection.tables);
      for (const contribution of applied.contributions) fold.add(contribution);
      return store.replay(deadLetter, fold.take());
    }
  }
}
