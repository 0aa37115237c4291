import type { RecordBatch } from '@app/engine';
import type { ApplyOutcome, BatchLease } from '@app/engine/adapters';

/** Applies batches, several partitions at a time. */
export interface BatchApplier {
  takes(topic: string): boolean;
  apply(batch: RecordBatch, lease: BatchLease): Promise<ApplyOutcome>;
  applyAll(batches: readonly RecordBatch[], lease: BatchLease): Promise<readonly ApplyOutcome[]>;
}

interface BatchGateOptions {
  /** How many groups are applied at once, so that one is folded while Postgres works on another. */
  readonly concurrency: number;
  /** Fewer records are not divided among groups, since another transaction would cost more than it saves. */
  readonly minRecords: number;
  /** A group with this many records takes no further batch. */
  readonly maxRecords: number;
}

interface Waiting {
  readonly batch: RecordBatch;
  readonly lease: BatchLease;
  readonly resolve: (outcome: ApplyOutcome) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Lets the batches of several partitions share a transaction: those of one fetch, and those that arrive while others are
 * applied. With small batches, most of the cost would be a transaction per partition.
 */
export class BatchGate {
  private waiting: Waiting[] = [];
  private running = 0;
  private applying = 0;

  constructor(
    private readonly applier: BatchApplier,
    private readonly options: BatchGateOptions,
  ) {}

  apply(batch: RecordBatch, lease: BatchLease): Promise<ApplyOutcome> {
    // The store has to be asked whether a generation takes it by now; others need not wait for that.
    if (!this.applier.takes(batch.topic)) return this.applier.apply(batch, lease);
    return new Promise((resolve, reject) => {
      this.waiting.push({ batch, lease, resolve, reject });
      if (this.running < this.options.concurrency) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.running++;
    // The other partitions of the same fetch arrive within this turn of the event loop.
    await new Promise(setImmediate);
    while (this.waiting.length > 0) await this.applyGroup(this.nextGroup());
    this.running--;
  }

  private async applyGroup(group: readonly Waiting[]): Promise<void> {
    this.applying++;
    try {
      const outcomes = await this.applier.applyAll(
        group.map(({ batch }) => batch),
        sharedLease(group.map(({ lease }) => lease)),
      );
      group.forEach(({ resolve }, i) => resolve(outcomes[i]!));
    } catch (fault) {
      for (const { reject } of group) reject(fault);
    } finally {
      this.applying--;
    }
  }

  private nextGroup(): Waiting[] {
    const { concurrency, minRecords, maxRecords } = this.options;
    const total = this.waiting.reduce((sum, { batch }) => sum + batch.records.length, 0);
    // Each group leaves a share for others that can be applied at the same time.
    const limit = Math.min(maxRecords, Math.max(minRecords, total / (concurrency - this.applying)));
    let records = 0;
    let count = 0;
    for (const { batch } of this.waiting) {
      if (count > 0 && records + batch.records.length > limit) break;
      records += batch.records.length;
      count++;
    }
    const group = this.waiting.slice(0, count);
    this.waiting = this.waiting.slice(count);
    return group;
  }
}

/** The lease of a group ends with the first of its partitions, since a consumer usually loses them together. */
function sharedLease(leases: readonly BatchLease[]): BatchLease {
  return {
    renew: async () => {
      for (const lease of leases) await lease.renew();
    },
    wait: async (milliseconds) => {
      await Promise.all(leases.map((lease) => lease.wait(milliseconds)));
    },
  };
}
