import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { within } from '../appender/deadline';
import type { Cluster } from '../kafkajs';
import { connectTo } from './log-connection';

/** A leader is another than was known, or does not know it yet: the next try asks again who it is. */
const MOVED = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'FENCED_LEADER_EPOCH']);
const RETRY_MS = 100;

/** A connection for short questions. It is made when it is first needed, and again after a failure. */
export class KeptConnection {
  private opened: Promise<Cluster> | null = null;

  constructor(
    private readonly kafka: Kafka,
    /** How long an answer may take. */
    private readonly deadlineMs: number,
  ) {}

  /** @throws when a topic does not exist, or Kafka does not answer in time */
  async use<T>(topics: readonly string[], ask: (cluster: Cluster) => Promise<T>): Promise<T> {
    const deadline = Date.now() + this.deadlineMs;
    for (;;) {
      try {
        return await this.useOnce(topics, ask, deadline - Date.now());
      } catch (error) {
        const { type } = error as { readonly type?: unknown };
        if (!MOVED.has(String(type)) || Date.now() + RETRY_MS >= deadline) throw error;
      }
      await sleep(RETRY_MS);
    }
  }

  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = null;
    const cluster = await opened?.catch(() => null);
    await cluster?.disconnect().catch(() => undefined);
  }

  private async useOnce<T>(
    topics: readonly string[],
    ask: (cluster: Cluster) => Promise<T>,
    withinMs: number,
  ): Promise<T> {
    const opened = (this.opened ??= connectTo(this.kafka, topics));
    const work = async (): Promise<T> => {
      const cluster = await opened;
      await cluster.addMultipleTargetTopics(topics);
      await cluster.refreshMetadataIfNecessary();
      return ask(cluster);
    };
    try {
      return await within(withinMs, 'reading the log', work());
    } catch (error) {
      // A leader may have moved, or the connection be gone.
      if (this.opened === opened) void this.close();
      throw error;
    }
  }
}
