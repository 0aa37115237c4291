import type { EngineEvent } from '../log/event';
import type { LogRecord } from '../log/record';
import { applyRecord, decodedRecord } from '../fold/apply';
import { RowFold } from '../fold/row-fold';
import { isSamePartition, partitionKey, type LogPosition } from '../log/log-position';
import type { Source } from '../log/log-reader';
import type { Projection } from '../declare/projection';
import type { AnyReadModel } from '../declare/read-model';
import type { Row } from '../declare/column-types';

/** A record that is set aside, in one generation of one projection. */
export interface DeadLetter extends LogPosition {
  readonly id: string;
  readonly projection: string;
  readonly generation: number;
}

export type ReplayOutcome =
  /** Its contributions are in the tables now. */
  | { readonly outcome: 'replayed' }
  /** It still cannot be applied, for this reason. */
  | { readonly outcome: 'set aside'; readonly reason: string }
  /** Somebody has replayed or discarded it already. */
  | { readonly outcome: 'resolved before' };

export interface DeadLetterStore {
  /**
   * Merges what the record contributes and marks it as replayed, in one transaction; merging twice changes
   * nothing. A letter that is no longer set aside is left alone.
   */
  replay(letter: DeadLetter, rows: ReadonlyMap<AnyReadModel, readonly Row[]>): Promise<ReplayOutcome>;
  /** Notes that another attempt failed, and why. */
  failed(letter: DeadLetter, reason: string): Promise<ReplayOutcome>;
}

/** The record is not in the log any more: a later copy displaced it, or it was erased. */
export const NOT_IN_THE_LOG =
  'the log no longer holds this record: a later copy displaced it, or it was erased';

/**
 * Applies records that were set aside once more, each by itself, with the projection as it is declared now.
 * Reads every partition once, from its first letter to its last.
 */
export async function replayDeadLetters<E extends EngineEvent>(
  projection: Projection<E>,
  letters: readonly DeadLetter[],
  source: Source<E>,
  store: DeadLetterStore,
  signal: AbortSignal,
): Promise<ReadonlyMap<DeadLetter, ReplayOutcome>> {
  const outcomes = new Map<DeadLetter, ReplayOutcome>();
  const ranges = [...Map.groupBy(letters, partitionKey).values()];
  const replayOne = async (letter: DeadLetter, record: LogRecord | null): Promise<void> => {
    outcomes.set(letter, await replay(projection, letter, record, source, store));
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
      for (const letter of letters)
        if (isSamePartition(letter, batch))
          if (letter.offset >= fromOffset && letter.offset < nextOffset)
            await replayOne(letter, found.get(letter.offset) ?? null);
    },
    signal,
  );
  return outcomes;
}

async function replay<E extends EngineEvent>(
  projection: Projection<E>,
  letter: DeadLetter,
  record: LogRecord | null,
  { decode }: Source<E>,
  store: DeadLetterStore,
): Promise<ReplayOutcome> {
  if (!record) return store.failed(letter, NOT_IN_THE_LOG);
  const applied = applyRecord(projection, decodedRecord(record, decode).decoded);
  switch (applied.outcome) {
    case 'set aside':
      return store.failed(letter, applied.reason);
    case 'skipped':
      return store.replay(letter, new Map());
    case 'applied': {
      const fold = new RowFold(projection.tables);
      for (const contribution of applied.contributions) fold.add(contribution);
      return store.replay(letter, fold.take());
    }
  }
}
