import { commitSlice } from './commit';
import type { EngineEvent, RecordBatch } from './event';
import { decodedRecord, SliceFold, type Fold, type Slice } from './fold';
import { areOfAnotherLog, assertHolds, assertSameLog } from './log-range';
import {
  BuildLost,
  type BatchCommit,
  type BuildTarget,
  type Checkpoint,
  type LogBounds,
  type OffsetRange,
  type ProjectionStore,
  type Source,
} from './ports';
import type { Projection } from './projection';
import { Projector, type ProjectorObserver } from './projector';

export type BuildPhase = 'bulk' | 'finishing' | 'catching-up' | 'activated';

export interface BuildProgress {
  readonly phase: BuildPhase;
  /** What it does within the phase, in words; null when the phase says it. */
  readonly step: string | null;
  /** Offsets behind it and in all, over all partitions: those that are known by now. */
  readonly done: number;
  readonly total: number;
}

export interface BuildOptions<E extends EngineEvent> {
  readonly projection: Projection<E>;
  readonly source: Source<E>;
  readonly target: BuildTarget;
  /** Where the generation's live batches go. */
  readonly store: ProjectionStore;
  /** Rows that are folded before they are written; two such folds are in memory at a time. */
  readonly rowsPerWrite: number;
  readonly tell: (progress: BuildProgress) => void;
  readonly signal: AbortSignal;
}

/** Records at a time when a whole write was refused and the culprit is searched. */
const CAREFUL_RECORDS = 500;

/**
 * Builds a generation from the log and lets readers see it: in bulk up to where the log ends now, then like a
 * live projector until nothing is missing. Killed at any point and called again it goes on from its
 * checkpoints.
 *
 * @throws {BuildLost} when another builder has taken over, or the build was cancelled
 * @throws {CheckpointOutOfRange} when the log is not the one that it began with
 * @throws faults of the infrastructure: call it again
 */
export async function build<E extends EngineEvent>(options: BuildOptions<E>): Promise<void> {
  const { source, target, tell, signal } = options;
  await assertSameLog(
    source.log,
    (await placesOf(options)).map(({ bounds, checkpoint }) => ({ ...bounds, checkpoint })),
    signal,
  );
  if ((await target.stage()) === 'bulk') {
    const total = await writeInBulk(options);
    const finishing = (step: string): void => tell({ phase: 'finishing', step, done: total, total });
    await target.finish(finishing);
  }
  await catchUp(options);
}

interface Place {
  readonly bounds: LogBounds;
  readonly checkpoint: Checkpoint;
}

async function placesOf<E extends EngineEvent>(options: BuildOptions<E>): Promise<readonly Place[]> {
  const { projection, source, target } = options;
  const bounds = await source.log.bounds(projection.topics);
  const checkpoints = new Map<string, Checkpoint>();
  for (const { topic, partition } of bounds)
    checkpoints.set(`${topic}/${partition}`, await target.checkpoint(topic, partition));
  // A live projector may have moved a checkpoint beyond where the log ended when it was asked first.
  const now = await source.log.bounds(projection.topics);
  return now.flatMap((each) => {
    const checkpoint = checkpoints.get(`${each.topic}/${each.partition}`);
    if (!checkpoint) return [];
    assertHolds(each, checkpoint.next);
    return [{ bounds: each, checkpoint }];
  });
}

function rangesOf(places: readonly Place[]): OffsetRange[] {
  return places.flatMap(({ bounds: { topic, partition, high }, checkpoint: { next } }) =>
    next < high ? [{ topic, partition, from: next, to: high }] : [],
  );
}

/** @returns how many offsets the log had when it began */
async function writeInBulk<E extends EngineEvent>(options: BuildOptions<E>): Promise<number> {
  const { projection, source, target, rowsPerWrite, tell, signal } = options;
  const places = await placesOf(options);
  const total = places.reduce((sum, { bounds }) => sum + bounds.high, 0);
  let written = places.reduce((sum, { checkpoint }) => sum + checkpoint.next, 0);
  const told = (): void => tell({ phase: 'bulk', step: null, done: written, total });
  told();

  const write = async (fold: Fold): Promise<void> => {
    const commit: BatchCommit = { projection: projection.name, generation: target.generation, ...fold };
    const { outcome } = await target.write(commit);
    if (outcome === 'refused') await writeCarefully(options, fold);
    else if (outcome !== 'committed') throw new BuildLost(`a write found the generation ${outcome}`);
    written += fold.ranges.reduce((sum, { expected, next }) => sum + next - expected, 0);
    told();
  };
  // One fold is written while the next is read.
  let writing = Promise.resolve();
  let fold = new SliceFold(projection, false);
  const flush = async (): Promise<void> => {
    const full = fold.result();
    fold = new SliceFold(projection, false);
    await writing;
    writing = write(full);
    // Awaited with the next flush; until then its failure must not count as unhandled.
    writing.catch(() => undefined);
  };
  try {
    await source.log.read(
      rangesOf(places),
      async (batch) => {
        fold.add(sliceOf(source, batch));
        // By rows for what is kept, by records for what folds well: progress is to be saved now and then.
        if (fold.size >= rowsPerWrite || fold.records >= 4 * rowsPerWrite) await flush();
      },
      signal,
    );
    if (!fold.isEmpty) await flush();
  } finally {
    // Nothing may go on behind the back of a caller that was told of a failure.
    await Promise.allSettled([writing]);
  }
  await writing;
  return total;
}

/** The same records again in small slices, so that only the one that the store refuses is set aside. */
async function writeCarefully<E extends EngineEvent>(options: BuildOptions<E>, refused: Fold): Promise<void> {
  const { projection, source, target, signal } = options;
  const ranges = refused.ranges.map(({ topic, partition, expected, next }) => ({
    topic,
    partition,
    from: expected,
    to: next,
  }));
  const take = async (batch: RecordBatch): Promise<void> => {
    for (const slice of piecesOf(sliceOf(source, batch))) {
      const outcome = await commitSlice(projection, target.generation, slice, (commit) =>
        target.write(commit),
      );
      if (outcome !== 'committed') throw new BuildLost(`a write found the generation ${outcome}`);
    }
  };
  await source.log.read(ranges, take, signal);
}

function* piecesOf<E extends EngineEvent>(slice: Slice<E>): Generator<Slice<E>> {
  let { from } = slice;
  for (let at = 0; at < slice.records.length; at += CAREFUL_RECORDS) {
    const records = slice.records.slice(at, at + CAREFUL_RECORDS);
    const isLast = at + CAREFUL_RECORDS >= slice.records.length;
    const to = isLast ? slice.to : slice.records[at + CAREFUL_RECORDS]!.record.offset;
    yield { ...slice, from, to, records };
    from = to;
  }
  if (from < slice.to) yield { ...slice, from, records: [] };
}

function sliceOf<E extends EngineEvent>({ decode }: Source<E>, batch: RecordBatch): Slice<E> {
  const { topic, partition, fromOffset: from, nextOffset: to } = batch;
  const records = batch.records.map((record) => decodedRecord(record, decode));
  return { topic, partition, from, to, records };
}

/**
 * Applies what has come since, beside the live projectors if there are any: whoever is first at a batch commits
 * it. Ends once readers see the generation.
 */
async function catchUp<E extends EngineEvent>(options: BuildOptions<E>): Promise<void> {
  const { projection, source, target, store, tell, signal } = options;
  const only: ProjectionStore = {
    live: () =>
      Promise.resolve([{ projection: projection.name, generation: target.generation, paused: false }]),
    checkpoint: (generation, topic, partition) => store.checkpoint(generation, topic, partition),
    commit: (commit) => store.commit(commit),
  };
  const projector = new Projector<E>([projection], source.decode, only, FAULTS_THROW);
  const lease = { renew: () => Promise.resolve(signal.throwIfAborted()), wait: never };
  const ofAnotherLog = await areOfAnotherLog(source.log, await target.serving(), signal);
  for (;;) {
    const places = await placesOf(options);
    const total = places.reduce((sum, { bounds }) => sum + bounds.high, 0);
    const done = places.reduce((sum, { checkpoint }) => sum + checkpoint.next, 0);
    tell({ phase: 'catching-up', step: null, done, total });
    projector.forgetPositions();
    await source.log.read(
      rangesOf(places),
      async (batch) => void (await projector.apply(batch, lease)),
      signal,
    );
    const { outcome } = await target.activate(ofAnotherLog);
    if (outcome === 'activated') return tell({ phase: 'activated', step: null, done: total, total });
  }
}

const FAULTS_THROW: ProjectorObserver = {
  committed: () => undefined,
  recovered: () => undefined,
  abandoned: () => undefined,
  retrying: (_projection, error) => {
    throw error;
  },
};

function never(): Promise<void> {
  return Promise.reject(new Error('the generation is taken by nobody'));
}
