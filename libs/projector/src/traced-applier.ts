import type { RecordBatch } from '@app/engine';
import type { ApplyOutcome, BatchLease } from '@app/engine/adapters';
import { traceHeaders, traceParentOf, type TraceHeaders, type Tracing } from '@app/platform';
import type { BatchApplier } from './batch-gate';

/** How many events of a batch are traced; a batch may have thousands. */
const MOST_CONTEXTS = 32;

interface Found {
  readonly topic: string;
  readonly headers: TraceHeaders;
}

/**
 * Makes a span for every transaction that applies events with a trace, linked to those events, and in each event's own
 * trace a span of the same duration, linked to the first. Batches without a traced event get none.
 */
export class TracedApplier implements BatchApplier {
  constructor(
    private readonly applier: BatchApplier,
    private readonly tracing: Tracing,
    private readonly group: string,
  ) {}

  takes(topic: string): boolean {
    return this.applier.takes(topic);
  }

  apply(batch: RecordBatch, lease: BatchLease): Promise<ApplyOutcome> {
    return this.applier.apply(batch, lease);
  }

  async applyAll(batches: readonly RecordBatch[], lease: BatchLease): Promise<readonly ApplyOutcome[]> {
    const found = contextsIn(batches);
    if (found.length === 0) return this.applier.applyAll(batches, lease);
    const end = this.start(batches, found);
    try {
      const outcomes = await this.applier.applyAll(batches, lease);
      end(outcomes.every(({ outcome }) => outcome === 'applied') ? undefined : 'read again');
      return outcomes;
    } catch (error) {
      end(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  private start(batches: readonly RecordBatch[], found: readonly Found[]): (fault?: string) => void {
    const attributes = {
      'messaging.system': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.consumer.group.name': this.group,
    };
    const records = batches.reduce((sum, batch) => sum + batch.records.length, 0);
    const whole = this.tracing.start({
      name: 'process',
      kind: 'consumer',
      links: found.map(({ headers }) => headers),
      attributes: { ...attributes, 'messaging.batch.message_count': records },
    });
    const each = found.map(({ topic, headers }) =>
      this.tracing.start({
        name: `process ${topic}`,
        kind: 'consumer',
        parent: headers,
        links: [whole.headers],
        attributes: { ...attributes, 'messaging.destination.name': topic },
      }),
    );
    return (fault) => {
      for (const span of [...each, whole]) span.end({}, fault);
    };
  }
}

/** The sampled contexts, each once, since the events of one request share theirs. */
function contextsIn(batches: readonly RecordBatch[]): readonly Found[] {
  const found = new Map<string, Found>();
  for (const { topic, records } of batches)
    for (const { headers } of records) {
      const traceparent = headers.text('traceparent');
      // Most are not sampled, and then no further header is read.
      if (traceparent === undefined || found.has(traceparent) || !traceParentOf(traceparent)?.sampled)
        continue;
      const context = traceHeaders(traceparent, headers.text('tracestate'))!;
      found.set(context.traceparent, { topic, headers: context });
      if (found.size === MOST_CONTEXTS) return [...found.values()];
    }
  return [...found.values()];
}
