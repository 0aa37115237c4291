import type { RecordBatch } from '@app/engine';
import type { ApplyOutcome, BatchLease } from '@app/engine/adapters';

/** What applies batches, several partitions at a time. */
export interface BatchApplier {
  takes(topic: string): boolean;
  apply(batch: RecordBatch, lease: BatchLease): Promise<ApplyOutcome>;
  applyAll(batches: readonly RecordBatch[], lease: BatchLease): Promise<readonly ApplyOutcome[]>;
}

export interface BatchGateOptions {
  /** Groups that are applied at once: while Postgres works on one, the next is folded. */
  readonly concurrency: number;
  /** Fewer records than this are not divided among groups: a transaction costs more than it saves. */
  readonly minRecords: number;
  /** A group grows no further once it has so many records. */
  readonly maxRecords: number;
}

interface Waiting {
  readonly batch: RecordBatch;
  readonly lease: BatchLease;
  readonly resolve: (outcome: ApplyOutcome) => void;
  readonly reject: (fault: unknown) => void;
}

/**
 * Lets the batches of several partitions share a transaction: those of one fetch, and those that come while others
 * are applied. A transaction of its own for every partition is what small batches cost most.
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
    // Whether something takes it by now is to be asked of the store: others need not wait for that.
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
    // Each group leaves a share to those that could be applied beside it.
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

/** Partitions of one consumer are lost together, as a rule; a group ends with the first. */
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
