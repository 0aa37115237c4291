import { writeBulk } from './bulk';
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
  readonly tell: (progress: BuildProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Builds a generation from the log, in this thread, and lets readers see it. Killed at any point and called again, it
 * goes on from its checkpoints.
 *
 * @param options `rowsPerWrite` rows are folded before they are written; two such folds are in memory at a time
 * @throws {BuildLost} when another builder has taken over, or the build was cancelled
 * @throws {CheckpointOutOfRange} when the log is not the one that it began with
 * @throws faults of the infrastructure: call it again
 */
export async function build<E extends EngineEvent>(
  options: BuildOptions<E> & { readonly rowsPerWrite: number },
): Promise<void> {
  const steps = new BuildSteps(options);
  const ranges = await steps.toLoad();
  if (ranges !== null) {
    await writeBulk({ ...options, ranges, wrote: (offsets) => steps.loaded(offsets) });
    await steps.finish();
  }
  await steps.catchUp();
}

interface Place {
  readonly bounds: LogBounds;
  readonly checkpoint: Checkpoint;
}

/** The steps of `build`, for callers that load the bulk in their own way; all throw what `build` throws. */
export class BuildSteps<E extends EngineEvent> {
  private done = 0;
  private total = 0;

  constructor(private readonly options: BuildOptions<E>) {}

  /**
   * What is left to load in bulk, up to where the log ends now; null when the bulk is loaded and finished. The log must
   * be the one that the build began with.
   */
  async toLoad(): Promise<readonly OffsetRange[] | null> {
    const { source, target, signal } = this.options;
    const places = await this.places();
    await assertSameLog(
      source.log,
      places.map(({ bounds, checkpoint }) => ({ ...bounds, checkpoint })),
      signal,
    );
    if ((await target.stage()) !== 'bulk') return null;
    this.tell('bulk');
    return rangesOf(places);
  }

  /** More offsets are loaded. */
  loaded(offsets: number): void {
    this.done += offsets;
    this.tell('bulk');
  }

  /** Merges what was loaded more than once, makes indexes and tallies. */
  async finish(): Promise<void> {
    this.done = this.total;
    await this.options.target.finish((step) => this.tell('finishing', step));
  }

  /**
   * Applies what has come since, beside the live projectors if there are any: whoever is first at a batch commits
   * it. Ends once readers see the generation.
   *
   * @returns offsets of the log
   */
  async catchUp(): Promise<number> {
    const { projection, source, target, store, signal } = this.options;
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
      const places = await this.places();
      this.tell('catching-up');
      projector.forgetPositions();
      await source.log.read(
        rangesOf(places),
        async (batch) => void (await projector.apply(batch, lease)),
        signal,
      );
      const { outcome } = await target.activate(ofAnotherLog);
      if (outcome !== 'activated') continue;
      this.done = this.total;
      this.tell('activated');
      return this.total;
    }
  }

  private async places(): Promise<readonly Place[]> {
    const { projection, source, target } = this.options;
    // Before the bounds: a live projector may move a checkpoint beyond where the log ended a moment ago.
    const known = await target.checkpoints();
    const bounds = await source.log.bounds(projection.topics);
    const places = bounds.map((each) => {
      const place = known.find((other) => isSamePartition(other, each));
      const checkpoint = place?.checkpoint ?? START;
      assertHolds(each, checkpoint.next);
      return { bounds: each, checkpoint };
    });
    this.done = places.reduce((sum, { checkpoint }) => sum + checkpoint.next, 0);
    this.total = places.reduce((sum, { bounds: { high } }) => sum + high, 0);
    return places;
  }

  private tell(phase: BuildPhase, step: string | null = null): void {
    this.options.tell({ phase, step, done: this.done, total: this.total });
  }
}

function rangesOf(places: readonly Place[]): OffsetRange[] {
  return places.flatMap(({ bounds: { topic, partition, high }, checkpoint: { next } }) =>
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
  return Promise.reject(new Error('the generation is taken by nobody'));
}
