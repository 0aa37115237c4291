import { RECORD_BATCH, type RecordBatchMessage, type RecordBatchReply } from '@app/engine-kafka';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { BatchGate } from './batch-gate';

/** Passes batches from the transport to the projector. */
@Controller()
export class BatchController {
  constructor(private readonly gate: BatchGate) {}

  @MessagePattern(RECORD_BATCH)
  async apply(@Payload() { batch, lease }: RecordBatchMessage): Promise<RecordBatchReply> {
    try {
      return { outcome: await this.gate.apply(batch, lease) };
    } catch (fault) {
      return { fault };
    }
  }
}
