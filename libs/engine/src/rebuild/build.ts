import { writeBulk } from './bulk';
import type { EngineEvent } from '../log/event';
import { isSamePartition } from '../log/log-position';
import { areOfAnotherLog, assertHolds, assertSameLog, START, type Checkpoint } from '../log/checkpoint';
import type { GenerationBuild } from './generation-build';
import type { LogBounds, OffsetRange, Source } from '../log/log-reader';
import type { ProjectionStore } from '../live/projection-store';
import type { Projection } from '../declare/projection';
import { Projector, type ProjectorObserver } from '../live/projector';

type BuildPhase = 'bulk' | 'finishing' | 'catching-up' | 'activated';

export interface BuildProgress {
  readonly phase: BuildPhase;
  /** What is being done within the phase, in words; null when the phase says enough. */
  readonly step: string | null;
  /** Offsets read so far and known in all, over all partitions. */
  readonly done: number;
  readonly total: number;
}

interface BuildOptions<E extends EngineEvent> {
  readonly projection: Projection<E>;
  readonly source: Source<E>;
  readonly generation: GenerationBuild;
  /** Takes the generation's live batches. */
  readonly store: ProjectionStore;
  readonly report: (progress: BuildProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Builds a generation from the log, in this thread, and makes it the active one. When it is killed and called again, it
 * continues from its checkpoints.
 *
 * @param options `rowsPerWrite` rows are folded before they are written; two such folds are in memory at a time
 * @throws {BuildLost} when another builder has taken over, or the build was cancelled
 * @throws {CheckpointOutOfRange} when the log is not the one that it began with
 * @throws faults of the infrastructure, after which it can be called again
 */
export async function build<E extends EngineEvent>(
  options: BuildOptions<E> & { readonly rowsPerWrite: number },
): Promise<void> {
  const steps = new BuildSteps(options);
  const ranges = await steps.toLoad();
  if (ranges !== null) {
    await writeBulk({
      ...options,
      writer: options.generation,
      ranges,
      wrote: (offsets) => steps.loaded(offsets),
    });
    await steps.finish();
  }
  await steps.catchUp();
}

interface PartitionProgress {
  readonly bounds: LogBounds;
  readonly checkpoint: Checkpoint;
}

/** The steps of `build`, for callers that load the bulk in their own way. All throw what `build` throws. */
export class BuildSteps<E extends EngineEvent> {
  private done = 0;
  private total = 0;

  constructor(private readonly options: BuildOptions<E>) {}

  /**
   * @returns what is left to load in bulk, up to the end of the log; null when the bulk is loaded and finished
   * @throws {CheckpointOutOfRange} when the log is not the one that the build began with
   */
  async toLoad(): Promise<readonly OffsetRange[] | null> {
    const { source, generation, signal } = this.options;
    const partitions = await this.partitions();
    await assertSameLog(
      source.log,
      partitions.map(({ bounds, checkpoint }) => ({ ...bounds, checkpoint })),
      signal,
    );
    if ((await generation.stage()) !== 'bulk') return null;
    this.report('bulk');
    return rangesOf(partitions);
  }

  /** Reports that more offsets are loaded. */
  loaded(offsets: number): void {
    this.done += offsets;
    this.report('bulk');
  }

  /** Merges keys that were loaded more than once, and makes indexes and tallies. */
  async finish(): Promise<void> {
    this.done = this.total;
    await this.options.generation.finish((step) => this.report('finishing', step));
  }

  /**
   * Applies what was appended since, at the same time as live projectors if there are any: whoever reaches a batch first
   * commits it. Ends once the generation is active.
   *
   * @returns offsets of the log
   */
  async catchUp(): Promise<number> {
    const { projection, source, generation, store, signal } = this.options;
    const only: ProjectionStore = {
      live: () =>
        Promise.resolve([{ projection: projection.name, generation: generation.id, paused: false }]),
      checkpoint: (id, topic, partition) => store.checkpoint(id, topic, partition),
      commit: (commit) => store.commit(commit),
    };
    const projector = new Projector<E>([projection], source.decode, only, FAULTS_THROW);
    const lease = { renew: () => Promise.resolve(signal.throwIfAborted()), wait: never };
    const ofAnotherLog = await areOfAnotherLog(source.log, await generation.serving(), signal);
    for (;;) {
      const partitions = await this.partitions();
      this.report('catching-up');
      projector.forgetPositions();
      await source.log.read(
        rangesOf(partitions),
        async (batch) => void (await projector.apply(batch, lease)),
        signal,
      );
      const { outcome } = await generation.activate(ofAnotherLog);
      if (outcome !== 'activated') continue;
      this.done = this.total;
      this.report('activated');
      return this.total;
    }
  }

  private async partitions(): Promise<readonly PartitionProgress[]> {
    const { projection, source, generation } = this.options;
    // Checkpoints are read before the bounds, since a live projector may move one beyond bounds that were read earlier.
    const known = await generation.checkpoints();
    const bounds = await source.log.bounds(projection.topics);
    const partitions = bounds.map((each) => {
      const own = known.find((other) => isSamePartition(other, each));
      const checkpoint = own?.checkpoint ?? START;
      assertHolds(each, checkpoint.next);
      return { bounds: each, checkpoint };
    });
    this.done = partitions.reduce((sum, { checkpoint }) => sum + checkpoint.next, 0);
    this.total = partitions.reduce((sum, { bounds: { high } }) => sum + high, 0);
    return partitions;
  }

  private report(phase: BuildPhase, step: string | null = null): void {
    this.options.report({ phase, step, done: this.done, total: this.total });
  }
}

function rangesOf(partitions: readonly PartitionProgress[]): OffsetRange[] {
  return partitions.flatMap(({ bounds: { topic, partition, high }, checkpoint: { next } }) =>
    next < high ? [{ topic, partition, from: next, to: high }] : [],
  );
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
  return Promise.reject(new Error('no projector takes the generation'));
}
