import type { RecordBatch } from '@app/engine';
import type { ApplyOutcome, BatchLease } from '@app/engine/adapters';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { lastValueFrom, type Observable } from 'rxjs';
import type { BatchConsumer } from './batch-consumer';

/** Pattern of the message handler that takes the batches of a projector app. */
export const RECORD_BATCH = 'record-batch';

export interface RecordBatchMessage {
  readonly batch: RecordBatch;
  readonly lease: BatchLease;
}

/**
 * What the handler gives back. A fault travels as a value: Nest would replace an exception by one of its own,
 * and the consumer needs the one that was thrown.
 */
export type RecordBatchReply = { readonly outcome: ApplyOutcome } | { readonly fault: unknown };

type ApplyBatch = (batch: RecordBatch, lease: BatchLease) => Promise<ApplyOutcome>;

/**
 * A Nest transport that hands over whole batches. Nest's own Kafka transport gives one message at a time and
 * retries a message that fails for ever; a projector needs the batch, and the fault.
 */
export class KafkaBatchServer extends Server implements CustomTransportStrategy {
  private consumer: BatchConsumer | null = null;

  /** @param connect makes the consumer, given how to apply a batch */
  constructor(private readonly connect: (apply: ApplyBatch) => BatchConsumer) {
    super();
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    const handler = this.getHandlerByPattern(RECORD_BATCH);
    if (!handler) return callback(new Error(`no controller handles the pattern ${RECORD_BATCH}`));
    this.consumer = this.connect(async (batch, lease) => {
      const message: RecordBatchMessage = { batch, lease };
      const reply = (await handler(message)) as Observable<RecordBatchReply>;
      const result = await lastValueFrom(this.transformToObservable(reply));
      if ('fault' in result) throw result.fault;
      return result.outcome;
    });
    try {
      await this.consumer.start();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    await this.consumer?.stop();
  }

  on(): void {
    throw new Error('the batch transport has no events of its own: see the health of the consumer');
  }

  unwrap<T>(): T {
    return this.consumer as T;
  }
}
