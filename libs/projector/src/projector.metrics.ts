import { formatPosition } from '@app/engine';
import type { ProjectorObserver, BatchCommit, Committed, RangeAdvance } from '@app/engine/adapters';
import { traceParentOf, type Logger, type Metrics } from '@app/platform';

/** The outcome of a record. */
const OUTCOMES = ['changed', 'unchanged', 'erased', 'skipped', 'dead-lettered'] as const;

/** Reports the work of a projector in metrics and log lines. */
export class ProjectorReport implements ProjectorObserver {
  private readonly records;
  private readonly commits;
  private readonly retries;
  private readonly batches;
  private readonly latency;
  private readonly inTrouble = new Map<string, string>();

  constructor(
    metrics: Metrics,
    private readonly logger: Logger,
    projections: readonly string[],
  ) {
    this.records = metrics.counter({
      name: 'projector_records_total',
      help: 'Records by projection and what became of them.',
      labelNames: ['projection', 'outcome'],
    });
    this.commits = metrics.histogram({
      name: 'projector_commit_seconds',
      help: 'Time to commit one batch of one projection.',
      labelNames: ['projection'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    });
    this.batches = metrics.histogram({
      name: 'projector_batch_records',
      help: 'Records in one committed batch.',
      labelNames: ['projection'],
      buckets: [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000],
    });
    this.latency = metrics.histogram({
      name: 'projector_event_latency_seconds',
      help: 'From when Kafka took an event to when readers see it: of the oldest event of each committed batch.',
      labelNames: ['projection'],
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600],
    });
    this.retries = metrics.counter({
      name: 'projector_retries_total',
      help: 'Attempts that failed for a fault of the infrastructure and were made again.',
      labelNames: ['projection'],
    });
    // Prometheus sees no increase in a counter that starts at one, so the first dead letter would not raise an alert.
    for (const projection of projections) {
      for (const outcome of OUTCOMES) this.records.inc({ projection, outcome }, 0);
      this.retries.inc({ projection }, 0);
    }
  }

  /** Why batches cannot be committed now, or null. */
  get trouble(): string | null {
    const [first] = this.inTrouble;
    return first ? `${first[0]}: ${first[1]}` : null;
  }

  committed(
    { projection, ranges, deadLetters }: BatchCommit,
    { unchanged, erased }: Committed,
    seconds: number,
    oldest: number | null,
  ): void {
    const sum = (of: (range: RangeAdvance) => number) =>
      ranges.reduce((total, range) => total + of(range), 0);
    const applied = sum((range) => range.applied);
    const skipped = sum((range) => range.skipped['no handler'] + range.skipped.tombstone);
    const all = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    this.records.inc({ projection, outcome: 'changed' }, applied - all(unchanged) - all(erased));
    this.records.inc({ projection, outcome: 'unchanged' }, all(unchanged));
    this.records.inc({ projection, outcome: 'erased' }, all(erased));
    this.records.inc({ projection, outcome: 'skipped' }, skipped);
    this.records.inc({ projection, outcome: 'dead-lettered' }, deadLetters.length);
    this.commits.observe({ projection }, seconds);
    this.batches.observe({ projection }, applied + skipped + deadLetters.length);
    // The clocks of gateway and projector may differ.
    if (oldest !== null) this.latency.observe({ projection }, Math.max(0, Date.now() - oldest) / 1_000);
    for (const letter of deadLetters) {
      const { eventId, eventName, reason, traceparent } = letter;
      const traceId = traceParentOf(traceparent)?.traceId;
      const position = formatPosition(letter);
      this.logger.warn(
        { projection, position, eventId, eventName, reason, ...(traceId !== undefined && { traceId }) },
        'an event became a dead letter',
      );
    }
  }

  retrying(projection: string, error: unknown, attempt: number, delayMs: number): void {
    const message = error instanceof Error ? error.message : String(error);
    this.retries.inc({ projection });
    this.inTrouble.set(projection, message);
    this.logger.warn(
      { projection, attempt, delayMs, reason: message },
      'the database does not take the batch; trying again',
    );
  }

  recovered(projection: string): void {
    this.inTrouble.delete(projection);
    this.logger.info({ projection }, 'the database takes batches again');
  }

  /** The next holder of the partition reports trouble itself; if it were kept here, it would outlive its cause. */
  abandoned(projection: string): void {
    this.inTrouble.delete(projection);
  }
}
