import type { RecordBatch } from '@app/engine';
import type { ApplyOutcome, BatchLease } from '@app/engine/adapters';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { Kafka } from 'kafkajs';
import { lastValueFrom, type Observable } from 'rxjs';
import { BatchConsumer, type BatchConsumerEvents, type BatchConsumerOptions } from './batch-consumer';
import type { BatchHandler } from './batch-source';

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

/**
 * A Nest transport that hands over whole batches. Nest's own Kafka transport gives one message at a time and
 * retries a message that fails for ever; a projector needs the batch, and the fault.
 */
export class KafkaBatchServer extends Server implements CustomTransportStrategy {
  readonly consumer: BatchConsumer;

  /** @param positions where to read each partition from */
  constructor(
    kafka: Kafka,
    positions: Omit<BatchHandler, 'apply'>,
    options: BatchConsumerOptions,
    events: BatchConsumerEvents,
  ) {
    super();
    const handler: BatchHandler = {
      topics: positions.topics,
      forgetPositions: () => positions.forgetPositions(),
      takes: (topic) => positions.takes(topic),
      position: (topic, partition) => positions.position(topic, partition),
      apply: (batch, lease) => this.handle({ batch, lease }),
    };
    this.consumer = new BatchConsumer(kafka, handler, options, events);
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    if (!this.getHandlerByPattern(RECORD_BATCH))
      return callback(new Error(`no controller handles the pattern ${RECORD_BATCH}`));
    try {
      await this.consumer.start();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    await this.consumer.stop();
  }

  private async handle(message: RecordBatchMessage): Promise<ApplyOutcome> {
    const reply = (await this.getHandlerByPattern(RECORD_BATCH)!(message)) as Observable<RecordBatchReply>;
    const result = await lastValueFrom(this.transformToObservable(reply));
    if ('fault' in result) throw result.fault;
    return result.outcome;
  }

  on(): void {
    throw new Error('the batch transport has no events of its own: see the health of the consumer');
  }

  unwrap<T>(): T {
    return this.consumer as T;
  }
}
