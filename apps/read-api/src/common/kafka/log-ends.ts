import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaPatience } from '@app/engine-kafka';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Admin, Kafka } from 'kafkajs';

const DEADLINE_MS = 1_000;
const FRESH_MS = 250;

/** Nobody is to wait for a Kafka that does not answer. */
export const KAFKA_PATIENCE: KafkaPatience = {
  connectionTimeout: DEADLINE_MS,
  requestTimeout: DEADLINE_MS,
  retry: { retries: 0 },
};

/** By topic and partition, what the log holds: from `low` up to `high`, the offset of the record that comes next. */
export type Ends = ReadonlyMap<string, ReadonlyMap<number, { readonly low: number; readonly high: number }>>;

/** How far the logs reach, as Kafka says. */
export class LogEnds implements OnApplicationShutdown {
  private admin: Admin | null = null;
  private stopped = false;
  private last: { readonly at: number; readonly ends: Promise<Ends> } | null = null;
  private readonly counts = new Map<string, number>();

  constructor(private readonly kafka: Pick<Kafka, 'admin'>) {}

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.forget();
  }

  /** Topics that do not exist are left out; null when Kafka does not answer within a second. */
  async of(topics: readonly string[]): Promise<Ends | null> {
    const now = performance.now();
    if (!this.last || now - this.last.at > FRESH_MS) {
      this.last = { at: now, ends: this.begin(topics) };
    }
    return this.inTime(this.last.ends);
  }

  /** As `of`, but as they are after this call: never what was fetched for another. */
  async now(topics: readonly string[]): Promise<Ends | null> {
    return this.inTime(this.begin(topics));
  }

  private begin(topics: readonly string[]): Promise<Ends> {
    const ends = this.fetch(topics);
    // It may fail after nobody waits for it any more.
    ends.catch(() => this.forget());
    return ends;
  }

  private async inTime(ends: Promise<Ends>): Promise<Ends | null> {
    const deadline = new AbortController();
    try {
      const late = sleep(DEADLINE_MS, null, { signal: deadline.signal, ref: false }).catch(() => null);
      return await Promise.race([ends, late]);
    } catch {
      return null;
    } finally {
      deadline.abort();
    }
  }

  /** As Kafka last said; undefined when it never did. */
  partitionsOf(topic: string): number | undefined {
    return this.counts.get(topic);
  }

  private async fetch(topics: readonly string[]): Promise<Ends> {
    const admin = await this.connected();
    const existing = new Set(await admin.listTopics());
    const found = topics.filter((topic) => existing.has(topic));
    const ends = await Promise.all(
      found.map(async (topic) => {
        const offsets = await admin.fetchTopicOffsets(topic);
        this.counts.set(topic, offsets.length);
        const ranges = offsets.map(
          ({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }] as const,
        );
        return [topic, new Map(ranges)] as const;
      }),
    );
    return new Map(ends);
  }

  private async connected(): Promise<Admin> {
    if (this.admin) return this.admin;
    const admin = this.kafka.admin();
    try {
      await admin.connect();
    } catch (error) {
      // A client that did not get through may still hold a connection.
      await admin.disconnect().catch(() => undefined);
      throw error;
    }
    if (this.stopped) await admin.disconnect();
    else this.admin = admin;
    return admin;
  }

  private async forget(): Promise<void> {
    const { admin } = this;
    this.admin = null;
    this.last = null;
    await admin?.disconnect().catch(() => undefined);
  }
}
