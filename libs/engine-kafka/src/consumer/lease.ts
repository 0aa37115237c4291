import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchLease } from '@app/engine/adapters';
import type { EachBatchPayload } from 'kafkajs';
import { LeaseLost } from './batch-source';

const HEARTBEAT_MS = 2_000;

/**
 * Keeps a consumer in its group for as long as a batch takes. kafkajs sends no heartbeat in the background,
 * and a statement that waits on the database may outlast the session.
 */
export class KafkaLease implements BatchLease {
  /** Why the batch may not go on; what kafkajs threw is kept, since it acts on its own errors. */
  failure: Error | null = null;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly payload: Pick<EachBatchPayload, 'heartbeat' | 'isRunning' | 'isStale'>,
    private readonly alive: () => void,
  ) {
    this.timer = setInterval(() => void this.heartbeat(), HEARTBEAT_MS);
  }

  async renew(): Promise<void> {
    await this.heartbeat();
    if (this.failure) throw this.failure;
  }

  async wait(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= HEARTBEAT_MS) {
      await sleep(Math.min(left, HEARTBEAT_MS));
      await this.renew();
    }
  }

  end(): void {
    clearInterval(this.timer);
  }

  private async heartbeat(): Promise<void> {
    if (this.failure) return;
    if (!this.payload.isRunning() || this.payload.isStale()) {
      this.failure = new LeaseLost('the consumer stops or reads from elsewhere');
      return;
    }
    try {
      await this.payload.heartbeat();
      this.alive();
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new Error(String(error));
    }
  }
}
