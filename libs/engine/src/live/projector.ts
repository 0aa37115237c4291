import { commitChunks } from './commit';
import type { Decode, EngineEvent } from '../log/event';
import type { RecordBatch } from '../log/record';
import { decodedRecord, type DecodedRecord } from '../fold/apply';
import type { Chunk, Committed } from '../fold/fold';
import type { BatchCommit, CommitOutcome, LiveGeneration, ProjectionStore } from './projection-store';
import { isForeign, type Checkpoint } from '../log/checkpoint';
import type { Projection } from '../declare/projection';

export type ApplyOutcome =
  /** Every live generation has the batch; the next one starts at `position`. */
  | { readonly outcome: 'applied'; readonly position: number }
  /** The batch does not continue from the checkpoint: read again from `position`. */
  | { readonly outcome: 'resync'; readonly position: number }
  /** No generation takes the topic now, because all that read it are paused or being built: retry later from `position`. */
  | { readonly outcome: 'not-taken'; readonly position: number }
  /** The record before the checkpoint is not the one that was applied, so this is another log. */
  | { readonly outcome: 'foreign-log'; readonly position: number };

/** Receives what a projector reports, for logs and metrics. */
export interface ProjectorObserver {
  /**
   * @param seconds how long the commit took
   * @param oldest when the oldest record of the batch was appended to the log, in epoch milliseconds; null when it
   *   has no record
   */
  committed(commit: BatchCommit, done: Committed, seconds: number, oldest: number | null): void;
  retrying(projection: string, error: unknown, attempt: number, delayMs: number): void;
  /** An attempt succeeded after one or more that failed. */
  recovered(projection: string): void;
  /** The attempts ended without success, because the partition was lost or the consumer stops. */
  abandoned(projection: string): void;
}

/** A batch's hold on its partition while it is applied. */
export interface BatchLease {
  /** Keeps the partition. Throws when it is lost or the consumer stops, which ends the batch. */
  renew(): Promise<void>;
  /** Waits and keeps the partition meanwhile; throws as `renew` does. */
  wait(milliseconds: number): Promise<void>;
}

interface OpenGeneration<E extends EngineEvent> extends LiveGeneration {
  readonly declaration: Projection<E>;
}

/** A batch on its way through the generations. */
interface PendingBatch<E extends EngineEvent> {
  readonly batch: RecordBatch;
  readonly records: readonly DecodedRecord<E>[];
  /** null as long as every generation so far has applied it. */
  outcome: ApplyOutcome | null;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/**
 * Applies batches of records to the live generations of a group of projections, each exactly once by its own
 * checkpoint.
 */
export class Projector<E extends EngineEvent> {
  /** null until the store is first asked. */
  private generations: readonly OpenGeneration<E>[] | null = null;
  /** The last known checkpoints, by generation, topic and partition. Only a hint: the store compares the real ones. */
  private readonly checkpoints = new Map<string, Checkpoint>();

  constructor(
    private readonly projections: readonly Projection<E>[],
    private readonly decode: Decode<E>,
    private readonly store: ProjectionStore,
    private readonly observer: ProjectorObserver,
  ) {}

  get topics(): readonly string[] {
    return [...new Set(this.projections.flatMap((projection) => projection.topics))];
  }

  /** Asks the store which generations are live. To be called regularly, since builds and pauses change it. */
  async refresh(): Promise<void> {
    const live = await this.store.live(this.projections);
    this.generations = live.flatMap((generation) => {
      const declaration = this.projections.find(({ name }) => name === generation.projection);
      return declaration ? [{ ...generation, declaration }] : [];
    });
  }

  /** Forgets the known checkpoints. To be called whenever partitions may have changed hands. */
  forgetPositions(): void {
    this.checkpoints.clear();
  }

  /**
   * @returns where to read a partition from: the lowest checkpoint that the store has of the generations that take its
   * batches
   */
  async position(topic: string, partition: number): Promise<number> {
    if (!this.generations) await this.refresh();
    const readers = this.generationsReading(topic);
    const taking = this.acceptingGenerations(topic);
    const checkpoints = await Promise.all(
      (taking.length > 0 ? taking : readers).map((generation) =>
        this.readCheckpoint(generation, topic, partition),
      ),
    );
    return checkpoints.length === 0 ? 0 : Math.min(...checkpoints.map(({ next }) => next));
  }

  /** Whether any generation that is not paused reads the topic. */
  takes(topic: string): boolean {
    return this.acceptingGenerations(topic).length > 0;
  }

  /**
   * Applies a batch as `applyAll` does, and asks the store for live generations first if none took the topic before.
   *
   * @throws what `lease` throws, when the partition is lost or the consumer stops
   */
  async apply(batch: RecordBatch, lease: BatchLease): Promise<ApplyOutcome> {
    if (!this.takes(batch.topic)) await this.retrying(this.projections[0]!.name, lease, () => this.refresh());
    const [outcome] = await this.applyAll([batch], lease);
    return outcome!;
  }

  /**
   * Applies batches, each of another partition, to every live generation that reads their topics: one transaction
   * per generation.
   *
   * It is idempotent: the same or overlapping batches change nothing that was applied before. It waits and retries
   * while the store does not answer. A record that the store refuses becomes a dead letter.
   *
   * @returns an outcome per batch, in their order
   * @throws what `lease` throws, when the partitions are lost or the consumer stops
   */
  async applyAll(batches: readonly RecordBatch[], lease: BatchLease): Promise<readonly ApplyOutcome[]> {
    const parts = batches.map((batch): PendingBatch<E> => {
      const taken = this.takes(batch.topic);
      const records = taken ? this.decoded(batch) : [];
      return { batch, records, outcome: taken ? null : { outcome: 'not-taken', position: batch.fromOffset } };
    });
    for (const generation of this.generations ?? []) {
      if (generation.paused) continue;
      const chunks = new Map<Chunk<E>, PendingBatch<E>>();
      for (const part of parts) {
        if (part.outcome !== null || !generation.declaration.topics.includes(part.batch.topic)) continue;
        const chunk = await this.chunkFor(generation, part, lease);
        if (chunk) chunks.set(chunk, part);
      }
      if (chunks.size === 0) continue;
      if (await this.commit(generation, [...chunks.keys()], lease)) await lease.renew();
      else
        for (const [{ topic, partition }, part] of chunks)
          part.outcome = await this.resync(generation, topic, partition, lease);
    }
    return parts.map(({ batch, outcome }) => outcome ?? { outcome: 'applied', position: batch.nextOffset });
  }

  private decoded({ records }: RecordBatch): readonly DecodedRecord<E>[] {
    return records.map((record) => decodedRecord(record, this.decode));
  }

  /** @returns the records that are new to a generation; null when none is, or when the batch cannot be taken */
  private async chunkFor(
    generation: OpenGeneration<E>,
    part: PendingBatch<E>,
    lease: BatchLease,
  ): Promise<Chunk<E> | null> {
    const { batch, records } = part;
    const { topic, partition, fromOffset: from, nextOffset: to } = batch;
    const checkpoint = await this.retrying(generation.projection, lease, () =>
      this.checkpointOf(generation, topic, partition),
    );
    const { next } = checkpoint;
    if (isForeign(batch, checkpoint)) part.outcome = { outcome: 'foreign-log', position: next };
    else if (from > next) part.outcome = { outcome: 'resync', position: next };
    if (part.outcome !== null || to <= next) return null;
    const fresh = from === next ? records : records.filter(({ record }) => record.offset >= next);
    return { topic, partition, from: next, to, records: fresh };
  }

  /** @returns false when another owner has moved a checkpoint meanwhile */
  private async commit(
    generation: OpenGeneration<E>,
    chunks: readonly Chunk<E>[],
    lease: BatchLease,
  ): Promise<boolean> {
    const oldest = oldestOf(chunks);
    const attempt = (commit: BatchCommit) => this.attempt(generation, commit, oldest, lease);
    const outcome = await commitChunks(generation.declaration, generation.generation, chunks, attempt);
    switch (outcome) {
      case 'committed':
        return true;
      case 'closed':
        // The generation was paused or dropped: these batches do not wait for it.
        await this.retrying(generation.projection, lease, () => this.refresh());
        return true;
      case 'moved':
        this.checkpoints.clear();
        return false;
    }
  }

  private resync(
    generation: OpenGeneration<E>,
    topic: string,
    partition: number,
    lease: BatchLease,
  ): Promise<ApplyOutcome> {
    return this.retrying(generation.projection, lease, async () => {
      const { next } = await this.readCheckpoint(generation, topic, partition);
      return { outcome: 'resync', position: next };
    });
  }

  private async attempt(
    generation: OpenGeneration<E>,
    commit: BatchCommit,
    oldest: number | null,
    lease: BatchLease,
  ): Promise<CommitOutcome> {
    const started = performance.now();
    const result = await this.retrying(generation.projection, lease, () => this.store.commit(commit));
    if (result.outcome === 'committed') {
      for (const { topic, partition, next, lastKey } of commit.ranges)
        this.checkpoints.set(slotOf(generation, topic, partition), { next, lastKey });
      this.observer.committed(commit, result, (performance.now() - started) / 1000, oldest);
    }
    return result;
  }

  private async retrying<T>(projection: string, lease: BatchLease, attempt: () => Promise<T>): Promise<T> {
    for (let failures = 0, delay = FIRST_DELAY_MS; ; delay = Math.min(2 * delay, LONGEST_DELAY_MS)) {
      try {
        const result = await attempt();
        if (failures > 0) this.observer.recovered(projection);
        return result;
      } catch (error) {
        this.observer.retrying(projection, error, ++failures, delay);
        try {
          await lease.wait(delay);
        } catch (ended) {
          this.observer.abandoned(projection);
          throw ended;
        }
      }
    }
  }

  private generationsReading(topic: string): readonly OpenGeneration<E>[] {
    return (this.generations ?? []).filter(({ declaration: of }) => of.topics.includes(topic));
  }

  private acceptingGenerations(topic: string): readonly OpenGeneration<E>[] {
    return this.generationsReading(topic).filter(({ paused }) => !paused);
  }

  private async checkpointOf(
    generation: OpenGeneration<E>,
    topic: string,
    partition: number,
  ): Promise<Checkpoint> {
    const known = this.checkpoints.get(slotOf(generation, topic, partition));
    return known ?? this.readCheckpoint(generation, topic, partition);
  }

  private async readCheckpoint(
    generation: OpenGeneration<E>,
    topic: string,
    partition: number,
  ): Promise<Checkpoint> {
    const checkpoint = await this.store.checkpoint(generation.generation, topic, partition);
    this.checkpoints.set(slotOf(generation, topic, partition), checkpoint);
    return checkpoint;
  }
}

function slotOf({ generation }: LiveGeneration, topic: string, partition: number): string {
  return `${generation} ${topic} ${partition}`;
}

/** The first record of a partition is taken as its oldest. */
function oldestOf<E extends EngineEvent>(chunks: readonly Chunk<E>[]): number | null {
  let oldest: number | null = null;
  for (const { records } of chunks) {
    const first = records[0]?.record.timestamp;
    if (first !== undefined && (oldest === null || first < oldest)) oldest = first;
  }
  return oldest;
}
