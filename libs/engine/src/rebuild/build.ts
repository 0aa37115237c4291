import { writeBulk, type BulkOptions } from './bulk';
import type { EngineEvent } from '../log/event';
import { isSamePartition } from '../log/log-position';
import { areOfAnotherLog, assertHolds, assertSameLog, START, type Checkpoint } from '../log/checkpoint';
import type { BuildTarget } from './generation-build';
import type { LogBounds, OffsetRange, Source } from '../log/log-reader';
import type { ProjectionStore } from '../live/projection-store';
import type { Projection } from '../declare/projection';
import { Projector, type ProjectorObserver } from '../live/projector';

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
  /** Who writes the bulk: this thread unless given. */
  readonly bulk?: (options: BulkOptions<E>) => Promise<void>;
}

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
  const places = await placesOf(options);
  await assertSameLog(
    source.log,
    places.map(({ bounds, checkpoint }) => ({ ...bounds, checkpoint })),
    signal,
  );
  if ((await target.stage()) === 'bulk') {
    const total = await writeInBulk(options, places);
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
  // Before the bounds: a live projector may move a checkpoint beyond where the log ended a moment ago.
  const known = await target.checkpoints();
  const bounds = await source.log.bounds(projection.topics);
  return bounds.map((each) => {
    const place = known.find((other) => isSamePartition(other, each));
    const checkpoint = place?.checkpoint ?? START;
    assertHolds(each, checkpoint.next);
    return { bounds: each, checkpoint };
  });
}

function rangesOf(places: readonly Place[]): OffsetRange[] {
  return places.flatMap(({ bounds: { topic, partition, high }, checkpoint: { next } }) =>
    next < high ? [{ topic, partition, from: next, to: high }] : [],
  );
}

/** @returns how many offsets the log had when it began */
async function writeInBulk<E extends EngineEvent>(
  { projection, source, target, rowsPerWrite, tell, signal, bulk = writeBulk }: BuildOptions<E>,
  places: readonly Place[],
): Promise<number> {
  const total = places.reduce((sum, { bounds }) => sum + bounds.high, 0);
  let done = places.reduce((sum, { checkpoint }) => sum + checkpoint.next, 0);
  const wrote = (offsets: number): void => {
    done += offsets;
    tell({ phase: 'bulk', step: null, done, total });
  };
  wrote(0);
  await bulk({ projection, source, target, rowsPerWrite, ranges: rangesOf(places), wrote, signal });
  return total;
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
