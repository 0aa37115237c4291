import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../appender/deadline';
import type { Cluster } from '../kafkajs';
import { isTransient } from '../refusal';

/** Kafka would say it again. */
const LACKING = 'UNKNOWN_TOPIC_OR_PARTITION';
const RETRY_MS = 100;

interface Kept {
  readonly cluster: Promise<Cluster>;
  isOpen: boolean;
  isClosed: boolean;
  /** Questions that are not answered yet. */
  users: number;
}

/** A connection for short questions. It is made when it is first needed, and again after a failure. */
export class KeptConnection {
  private kept: Kept | null = null;

  constructor(
    private readonly connect: (topics: readonly string[]) => Promise<Cluster>,
    /** How long an answer may take. */
    private readonly deadlineMs: number,
  ) {}

  /** @throws when a topic does not exist, or Kafka does not answer in time */
  async use<T>(topics: readonly string[], ask: (cluster: Cluster) => Promise<T>): Promise<T> {
    const deadline = Date.now() + this.deadlineMs;
    for (;;) {
      this.kept ??= { cluster: this.connect(topics), isOpen: false, isClosed: false, users: 0 };
      const { kept } = this;
      kept.users++;
      try {
        return await within(deadline - Date.now(), 'reading the log', askOnce(kept, topics, ask));
      } catch (error) {
        // A leader may have moved, or the connection be gone: whoever comes next does not ask there.
        if (this.kept === kept) this.kept = null;
        // Making a connection has its own retries.
        const mayGoOn = kept.isOpen && !kept.isClosed && passes(error);
        if (!mayGoOn || Date.now() + RETRY_MS >= deadline) throw error;
      } finally {
        kept.users--;
        // The others may still be answered there.
        if (kept.users === 0 && this.kept !== kept) void disconnect(kept);
      }
      await sleep(RETRY_MS);
    }
  }

  async close(): Promise<void> {
    const { kept } = this;
    this.kept = null;
    if (kept) await disconnect(kept);
  }
}

async function askOnce<T>(
  kept: Kept,
  topics: readonly string[],
  ask: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const cluster = await kept.cluster;
  kept.isOpen = true;
  await cluster.addMultipleTargetTopics(topics);
  await cluster.refreshMetadataIfNecessary();
  return ask(cluster);
}

async function disconnect(kept: Kept): Promise<void> {
  kept.isClosed = true;
  const cluster = await kept.cluster.catch(() => null);
  await cluster?.disconnect().catch(() => undefined);
}

/** Whether another try may help: a leader may have moved, or a connection have been closed. */
function passes(error: unknown): boolean {
  let isPassing = false;
  for (let one = error; one instanceof Error; one = one.cause) {
    if ((one as { readonly type?: unknown }).type === LACKING) return false;
    isPassing ||= isTransient(one);
  }
  return isPassing;
}
