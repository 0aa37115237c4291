import type { Decode, EngineEvent, RecordBatch } from './event';
import { foldRecords, setAside, type DecodedRecord, type Fold } from './fold';
import type { BatchCommit, CommitOutcome, ProjectionStore } from './ports';
import type { Projection } from './projection';

export type ApplyOutcome =
  /** Every projection has the batch; the next one starts at `position`. */
  | { readonly outcome: 'applied'; readonly position: number }
  /** The reader is not where the checkpoints are: read again from `position`. */
  | { readonly outcome: 'resync'; readonly position: number };

/** What a projector tells of its work, for logs and metrics. */
export interface ProjectorObserver {
  committed(commit: BatchCommit, seconds: number): void;
  retrying(projection: string, error: unknown, attempt: number, delayMs: number): void;
  /** An attempt succeeded after one or more that failed. */
  recovered(projection: string): void;
  /** The attempts ended without a success: the partition is lost, or the consumer stops. */
  abandoned(projection: string): void;
}

/** How a batch that is being applied stays in touch with its consumer. */
export interface BatchLease {
  /** Keeps the partition; throws when it is lost or the consumer stops, which ends the batch. */
  renew(): Promise<void>;
  /** Waits, renewing meanwhile; throws as `renew` does. */
  wait(milliseconds: number): Promise<void>;
}

/** The offsets of a partition that one commit accounts for. */
type OffsetRange = Pick<BatchCommit, 'topic' | 'partition' | 'expected' | 'next'>;

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** Applies batches of records to a group of projections, each exactly once by its own checkpoint. */
export class Projector<E extends EngineEvent> {
  /** Checkpoints as last seen, by projection, topic and partition. A hint: the store compares the real one. */
  private readonly positions = new Map<string, number>();

  constructor(
    private readonly projections: readonly Projection<E>[],
    private readonly decode: Decode<E>,
    private readonly store: ProjectionStore,
    private readonly observer: ProjectorObserver,
  ) {}

  get topics(): readonly string[] {
    return [...new Set(this.projections.flatMap((projection) => projection.topics))];
  }

  /** Forgets what it believes about positions: to be called whenever partitions may have changed hands. */
  forgetPositions(): void {
    this.positions.clear();
  }

  /**
   * Where to read a partition from: the lowest checkpoint of the projections that read its topic, as the
   * store has it now.
   */
  async position(topic: string, partition: number): Promise<number> {
    const positions = await Promise.all(
      this.readersOf(topic).map((projection) => this.readPosition(projection, topic, partition)),
    );
    return Math.min(...positions);
  }

  /**
   * Applies a batch to every projection that reads its topic.
   *
   * Called again with the same or an overlapping batch it changes nothing that is already there. Waits and
   * retries while the store does not answer; a record that the store refuses ends as a dead letter.
   *
   * @throws what `lease` throws, when the partition is lost or the consumer stops
   */
  async apply(batch: RecordBatch, lease: BatchLease): Promise<ApplyOutcome> {
    const decoded = batch.records.map((record) => ({
      record,
      decoded: record.value === null ? null : this.decode(record),
    }));
    for (const projection of this.readersOf(batch.topic)) {
      const position = await this.retrying(projection.name, lease, () =>
        this.positionOf(projection, batch.topic, batch.partition),
      );
      if (batch.fromOffset > position) return { outcome: 'resync', position };
      if (batch.nextOffset <= position) continue;
      const fresh = decoded.filter(({ record }) => record.offset >= position);
      const { topic, partition } = batch;
      const range = { topic, partition, expected: position, next: batch.nextOffset };
      const moved = await this.commit(projection, range, fresh, lease);
      if (moved !== null) {
        this.positions.clear();
        return { outcome: 'resync', position: moved };
      }
      await lease.renew();
    }
    return { outcome: 'applied', position: batch.nextOffset };
  }

  /** @returns null once committed, or the checkpoint that another owner has moved to meanwhile */
  private async commit(
    projection: Projection<E>,
    range: OffsetRange,
    records: readonly DecodedRecord<E>[],
    lease: BatchLease,
  ): Promise<number | null> {
    const result = await this.attempt(projection, range, foldRecords(projection, records), lease);
    switch (result.outcome) {
      case 'committed':
        return null;
      case 'moved':
        return result.position;
      case 'refused': {
        if (records.length <= 1) return this.commitWithout(projection, range, records, result.reason, lease);
        // Bisect: the records that the store does take go in, the one that it refuses is set aside alone.
        const middle = records.length >> 1;
        const boundary = records[middle]!.record.offset;
        const moved = await this.commit(
          projection,
          { ...range, next: boundary },
          records.slice(0, middle),
          lease,
        );
        if (moved !== null) return moved;
        return this.commit(projection, { ...range, expected: boundary }, records.slice(middle), lease);
      }
    }
  }

  private async commitWithout(
    projection: Projection<E>,
    range: OffsetRange,
    records: readonly DecodedRecord<E>[],
    reason: string,
    lease: BatchLease,
  ): Promise<number | null> {
    const deadLetters = records.map(({ record, decoded }) =>
      setAside(record, decoded?.ok ? decoded.event : null, `refused by the database: ${reason}`),
    );
    const result = await this.attempt(
      projection,
      range,
      { ...foldRecords(projection, []), deadLetters },
      lease,
    );
    if (result.outcome === 'refused')
      throw new Error(`${projection.name}: a dead letter was refused: ${result.reason}`);
    return result.outcome === 'moved' ? result.position : null;
  }

  private async attempt(
    { name: projection }: Projection<E>,
    range: OffsetRange,
    fold: Fold,
    lease: BatchLease,
  ): Promise<CommitOutcome> {
    const commit: BatchCommit = { projection, ...range, ...fold };
    const started = performance.now();
    const result = await this.retrying(projection, lease, () => this.store.commit(commit));
    if (result.outcome === 'committed') {
      this.positions.set(positionKey(projection, range.topic, range.partition), range.next);
      this.observer.committed(commit, (performance.now() - started) / 1000);
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

  private readersOf(topic: string): readonly Projection<E>[] {
    return this.projections.filter((projection) => projection.topics.includes(topic));
  }

  private async positionOf(projection: Projection<E>, topic: string, partition: number): Promise<number> {
    return (
      this.positions.get(positionKey(projection.name, topic, partition)) ??
      this.readPosition(projection, topic, partition)
    );
  }

  private async readPosition(projection: Projection<E>, topic: string, partition: number): Promise<number> {
    const position = await this.store.position(projection.name, topic, partition);
    this.positions.set(positionKey(projection.name, topic, partition), position);
    return position;
  }
}

function positionKey(projection: string, topic: string, partition: number): string {
  return `${projection} ${topic} ${partition}`;
}
