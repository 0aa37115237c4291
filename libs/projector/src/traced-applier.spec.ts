import { textHeaders, type RecordBatch } from '@app/engine';
import type { ApplyOutcome, BatchLease } from '@app/engine/adapters';
import type { SpanStart, Tracing } from '@app/platform';
import { TracedApplier } from './traced-applier';

const lease: BatchLease = { renew: () => Promise.resolve(), wait: () => Promise.resolve() };
const contextOf = (span: number, flags = '01') =>
  `00-${'a'.repeat(32)}-${span.toString(16).padStart(16, '0')}-${flags}`;

function batchOf(...traceparents: readonly (string | undefined)[]): RecordBatch {
  const records = traceparents.map((traceparent, offset) => ({
    ...{ offset, key: null, value: null, timestamp: 0, headers: textHeaders({ traceparent }) },
  }));
  return { topic: 'jimo.engagement', partition: 0, fromOffset: 0, nextOffset: records.length, records };
}

class Spans implements Tracing {
  readonly started: SpanStart[] = [];
  readonly faults: (string | undefined)[] = [];

  start(span: SpanStart) {
    this.started.push(span);
    const headers = { traceparent: contextOf(1_000 + this.started.length) };
    return {
      traceId: 'a'.repeat(32),
      sampled: true,
      headers,
      end: (_attributes: unknown, fault?: string) => void this.faults.push(fault),
    };
  }

  stop = () => Promise.resolve();
}

function applier(applyAll: () => Promise<readonly ApplyOutcome[]>) {
  const spans = new Spans();
  const applied = { takes: () => true, apply: () => Promise.reject(new Error('not alone')), applyAll };
  return { spans, traced: new TracedApplier(applied, spans, 'group') };
}

const applied = () => Promise.resolve([{ outcome: 'applied', position: 9 }] as const);

describe('the spans of a batch', () => {
  it('are one of its own, linked to its events, and one in the trace of each event', async () => {
    const { spans, traced } = applier(applied);
    await traced.applyAll([batchOf(contextOf(1), undefined, contextOf(2), contextOf(1))], lease);
    const [whole, ...each] = spans.started;
    expect(whole!.links!.map(({ traceparent }) => traceparent)).toEqual([contextOf(1), contextOf(2)]);
    expect(each.map(({ parent, name }) => [name, parent!.traceparent])).toEqual([
      ['process jimo.engagement', contextOf(1)],
      ['process jimo.engagement', contextOf(2)],
    ]);
    expect(spans.faults).toEqual([undefined, undefined, undefined]);
  });

  it('do not exist if no event is traced and sampled', async () => {
    const { spans, traced } = applier(applied);
    await traced.applyAll([batchOf(undefined, contextOf(1, '00'), 'odd')], lease);
    expect(spans.started).toEqual([]);
  });

  it('are limited, however many events are traced', async () => {
    const { spans, traced } = applier(applied);
    await traced.applyAll([batchOf(...Array.from({ length: 5_000 }, (_, i) => contextOf(i + 1)))], lease);
    expect(spans.started).toHaveLength(33);
  });

  it('contain the reason why the batch was not applied, which is still thrown', async () => {
    const { spans, traced } = applier(() => Promise.reject(new Error('the partition is lost')));
    await expect(traced.applyAll([batchOf(contextOf(1))], lease)).rejects.toThrow('the partition is lost');
    expect(spans.faults).toEqual(['the partition is lost', 'the partition is lost']);
  });
});
