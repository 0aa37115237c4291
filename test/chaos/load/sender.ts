import { setTimeout as pause } from 'node:timers/promises';

import { Random } from '../random';
import type { Delivery, Workspace } from './deliveries';

/** An event that was answered with 202: it must be in Kafka, at that position. */
export interface Promised {
  readonly id: string;
  readonly position: string;
}

export interface SenderOptions {
  readonly gateway: string;
  readonly tokens: Readonly<Record<Workspace, string>>;
  readonly deliveries: Iterator<Delivery, never>;
  readonly seed: number;
  /** Bound of what is sent, retries apart. */
  readonly eventsPerSecond: number;
  /** Requests under way at once, at most. */
  readonly connections: number;
}

const BATCH_RATE = 0.25;
const LARGEST_BATCH = 120;
/** A gateway that sleeps does not answer. */
const PATIENCE_MS = 20_000;

interface Result {
  readonly id?: string;
  readonly position?: string;
  readonly status: string;
}

/** Sends as Jimo does: whatever is not answered with 202 is sent again until it is. */
export class Sender {
  readonly promised: Promised[] = [];
  /** Answers by status, and events by what became of them. */
  readonly answers = new Map<string, number>();
  readonly outcomes = new Map<string, number>();
  /** What the gateway should not have said. */
  readonly surprises: string[] = [];
  private readonly ids = new Map<string, string>();
  private readonly random: Random;
  private readonly ending = new AbortController();
  private readonly givingUp = new AbortController();
  private readonly workers: Promise<void>[] = [];
  /** When the next event may be sent. */
  private next = performance.now();
  sent = 0;

  constructor(private readonly options: SenderOptions) {
    this.random = new Random(options.seed, 4);
  }

  start(): void {
    this.next = performance.now();
    for (let i = 0; i < this.options.connections; i++) this.workers.push(this.work());
  }

  /**
   * Begins nothing more, and is done when all that was begun is answered.
   *
   * @throws when that takes longer than the deadline
   */
  async finish(deadlineMs: number): Promise<void> {
    this.ending.abort();
    const overdue = setTimeout(() => {
      this.givingUp.abort(new Error(`events are still without a 202 after ${deadlineMs / 1000} s`));
    }, deadlineMs);
    try {
      await Promise.all(this.workers);
    } finally {
      clearTimeout(overdue);
    }
  }

  private async work(): Promise<void> {
    while (!this.ending.signal.aborted) {
      const batch = this.random.chance(BATCH_RATE)
        ? this.take(this.random.between(2, LARGEST_BATCH))
        : this.take(1);
      await this.pace(batch.length);
      if (this.ending.signal.aborted) return;
      this.sent += batch.length;
      // A batch has one token, and so one workspace.
      for (const [workspace, some] of Map.groupBy(batch, (delivery) => delivery.workspace))
        await this.deliver(workspace, some, batch.length > 1);
    }
  }

  private take(count: number): Delivery[] {
    return Array.from({ length: count }, () => this.options.deliveries.next().value);
  }

  private async pace(events: number): Promise<void> {
    const now = performance.now();
    // What an outage held up is not made up for in one go.
    this.next = Math.max(this.next, now - 2_000) + (events * 1000) / this.options.eventsPerSecond;
    const waitMs = this.next - now;
    if (waitMs > 0) await pause(waitMs, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }

  private async deliver(workspace: Workspace, some: readonly Delivery[], asBatch: boolean): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      this.givingUp.signal.throwIfAborted();
      const answer = await this.request(workspace, some, asBatch);
      this.add(this.answers, String(answer.status));
      if (answer.status === 202) {
        const results = (asBatch ? answer.body : [answer.body]) as readonly Result[];
        return some.forEach((delivery, i) => this.note(delivery, results[i]));
      }
      if (!asBatch && (answer.status === 400 || answer.status === 422))
        return this.note(some[0]!, { status: 'rejected' });
      if (answer.status !== 503 && answer.status !== 429 && typeof answer.status === 'number') {
        this.surprise(`${answer.status} for ${some.length} events: ${JSON.stringify(answer.body)}`);
        return;
      }
      await pause(Math.min(2_000, 150 * 2 ** attempt) * (0.5 + this.random.unit()), undefined, {
        signal: this.givingUp.signal,
      }).catch(() => undefined);
    }
  }

  private async request(
    workspace: Workspace,
    some: readonly Delivery[],
    asBatch: boolean,
  ): Promise<{ status: number | 'no answer'; body?: unknown }> {
    const { gateway, tokens } = this.options;
    try {
      const response = await fetch(`${gateway}/webhooks/jimo${asBatch ? '/batch' : ''}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens[workspace]}`, 'content-type': 'application/json' },
        body: asBatch ? `[${some.map(({ body }) => body).join(',')}]` : some[0]!.body,
        signal: AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), this.givingUp.signal]),
      });
      return { status: response.status, body: await response.json() };
    } catch {
      // Refused, reset, too late, or cut off in the middle of the answer: it may or may not be durable.
      return { status: 'no answer' };
    }
  }

  private note(delivery: Delivery, result: Result | undefined): void {
    const status = result?.status ?? 'nothing';
    this.add(this.outcomes, status);
    if (status !== delivery.expected)
      this.surprise(`${status} instead of ${delivery.expected}: ${delivery.body.slice(0, 300)}`);
    if (result?.id === undefined || result.position === undefined) return;
    this.promised.push({ id: result.id, position: result.position });
    if (delivery.occurrence === null) return;
    const known = this.ids.get(delivery.occurrence);
    if (known === undefined) this.ids.set(delivery.occurrence, result.id);
    else if (known !== result.id)
      this.surprise(`one occurrence has the ids ${known} and ${result.id}: ${delivery.body.slice(0, 300)}`);
  }

  private surprise(text: string): void {
    if (this.surprises.length < 20) this.surprises.push(text);
  }

  private add(counts: Map<string, number>, name: string): void {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}
