import type { LogPosition } from '@app/engine';
import { within } from './deadline';
import type { LogWriter } from './log-writer';
import type { AppendMessage } from './message';
import { type Append, AppendQueue, type Waiting } from './queue';

export type AppenderState = 'starting' | 'available' | 'unavailable' | 'closing' | 'closed';

/** Not appended, or not known to be: appending again is harmless. */
export class AppendUnavailable extends Error {
  override readonly name = 'AppendUnavailable';
}

/** How the log is reached. Neither method may take for ever: without an answer it throws. */
export interface LogAccess {
  /** @throws when the log would not take a write */
  probe(): Promise<void>;
  connect(): Promise<LogWriter>;
}

export interface AppenderEvents {
  appended(batch: { readonly messages: number; readonly bytes: number; readonly seconds: number }): void;
  unavailable(reason: Error): void;
  available(): void;
}

export interface AppenderOptions {
  /** What may wait. */
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  /** What goes into one call; its bytes must fit into one partition's batch (the broker's message.max.bytes). */
  readonly maxBatch: number;
  readonly maxBatchBytes: number;
  /** How long a call may take before the log counts as not answering. */
  readonly deadlineMs: number;
  /** Pause between attempts to reach the log again, and how long it may be idle before it is probed. */
  readonly probeMs: number;
}

export const APPENDER_DEFAULTS: AppenderOptions = {
  maxWaiting: 20_000,
  maxWaitingBytes: 64 * 1024 * 1024,
  maxBatch: 2_000,
  maxBatchBytes: 900 * 1024,
  deadlineMs: 5_000,
  probeMs: 1_000,
};

/**
 * Appends in order of arrival, one call at a time; what arrives meanwhile goes together into the next call. An
 * append resolves only when all of it is durable. When a call fails or takes too long, everything that waits
 * fails, and what comes later fails at once until a probe finds that the log takes writes again.
 */
export class Appender {
  private readonly queue: AppendQueue;
  private writer: LogWriter | null = null;
  private current: AppenderState = 'starting';
  private running = false;
  private lastAnswer = 0;
  /** Whether a write succeeded since the log was found to take writes. */
  private proven = true;
  private reason = 'it is starting';
  private idleWatch: NodeJS.Timeout | undefined;
  private wakeRecovery: (() => void) | undefined;
  private drained: (() => void) | undefined;

  constructor(
    protected readonly log: LogAccess,
    private readonly events: AppenderEvents,
    private readonly options: AppenderOptions = APPENDER_DEFAULTS,
  ) {
    this.queue = new AppendQueue({ messages: options.maxWaiting, bytes: options.maxWaitingBytes });
  }

  get state(): AppenderState {
    return this.current;
  }

  /** Why it is not available. */
  get unavailableReason(): string {
    return this.reason;
  }

  get waiting(): { readonly messages: number; readonly bytes: number } {
    return { messages: this.queue.length, bytes: this.queue.bytes };
  }

  /** Reaches for the log in the background; `state` tells when it is there. */
  start(): void {
    if (this.current !== 'starting') return;
    void this.recover();
    this.idleWatch = setInterval(() => void this.watchIdle(), this.options.probeMs);
    this.idleWatch.unref();
  }

  /**
   * @returns positions in the order of the messages, once every one of them is durable
   * @throws {AppendUnavailable} when that is not known of every one
   */
  append(messages: readonly AppendMessage[]): Promise<readonly LogPosition[]> {
    if (this.current !== 'available')
      return Promise.reject(new AppendUnavailable(`the log does not take events now: ${this.reason}`));
    if (messages.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const positions = new Array<LogPosition>(messages.length);
      if (!this.queue.offer(messages, { positions, missing: messages.length, resolve, reject }))
        return reject(new AppendUnavailable('too many events wait for the log'));
      if (!this.running) void this.run();
    });
  }

  /** Takes nothing more, and gives what waits until `patienceMs` to become durable. Never throws. */
  async close(patienceMs: number): Promise<void> {
    if (this.current === 'closed' || this.current === 'closing') return;
    const drained = this.running
      ? new Promise<void>((resolve) => (this.drained = resolve))
      : Promise.resolve();
    this.current = 'closing';
    this.reason = 'it is stopping';
    clearInterval(this.idleWatch);
    this.wakeRecovery?.();
    await within(patienceMs, 'flushing', drained).catch((error: Error) =>
      this.fail(error, this.queue.takeAll()),
    );
    this.current = 'closed';
    const { writer } = this;
    this.writer = null;
    await within(2_000, 'disconnecting', writer?.discard() ?? Promise.resolve()).catch(() => undefined);
  }

  /** Only one runs at a time; nothing in it may throw. */
  private async run(): Promise<void> {
    this.running = true;
    // Whatever else arrives in this turn of the event loop goes along.
    await new Promise(setImmediate);
    while (this.writer !== null && this.queue.length > 0) {
      const { maxBatch, maxBatchBytes } = this.options;
      const before = this.queue.bytes;
      const batch = this.queue.take({ messages: maxBatch, bytes: maxBatchBytes });
      await this.write(this.writer, batch, before - this.queue.bytes);
    }
    this.running = false;
    this.drained?.();
  }

  private async write(writer: LogWriter, batch: readonly Waiting[], bytes: number): Promise<void> {
    const started = performance.now();
    try {
      const messages = batch.map(({ message }) => message);
      const positions = await within(this.options.deadlineMs, 'appending', writer.write(messages));
      this.lastAnswer = Date.now();
      this.proven = true;
      batch.forEach(({ append, index }, i) => settle(append, index, positions[i]!));
      const seconds = (performance.now() - started) / 1000;
      this.events.appended({ messages: batch.length, bytes, seconds });
    } catch (error) {
      this.trip(error as Error, batch);
    }
  }

  /** The writer is not used again: after a failure nothing is known of what it wrote. */
  private trip(error: Error, batch: readonly Waiting[] = []): void {
    void this.writer?.discard();
    this.writer = null;
    this.fail(error, [...batch, ...this.queue.takeAll()]);
    if (this.current === 'available') {
      this.current = 'unavailable';
      this.reason = error.message;
      this.events.unavailable(error);
      void this.recover();
    }
  }

  private fail(error: Error, waiting: readonly Waiting[]): void {
    const unavailable = new AppendUnavailable(`the log does not take events now: ${error.message}`, {
      cause: error,
    });
    for (const append of new Set(waiting.map((each) => each.append))) append.reject(unavailable);
  }

  /** Ends when the log takes writes again, or when the appender is closed. */
  private async recover(): Promise<void> {
    // A log that answers probes and refuses writes (a clock is wrong, say) must not be tried without a pause.
    if (!this.proven) await this.pause();
    while (this.current === 'starting' || this.current === 'unavailable') {
      try {
        await this.log.probe();
        const writer = await this.log.connect();
        if (this.isClosing()) return void writer.discard();
        this.writer = writer;
        this.current = 'available';
        this.proven = false;
        this.lastAnswer = Date.now();
        this.events.available();
      } catch (error) {
        if (this.isClosing()) return;
        if (this.current === 'starting') {
          this.current = 'unavailable';
          this.events.unavailable(error as Error);
        }
        this.reason = (error as Error).message;
        await this.pause();
      }
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      this.wakeRecovery = resolve;
      setTimeout(resolve, this.options.probeMs).unref();
    });
  }

  /** So that readiness tells of a log that went away while nothing was written. */
  private async watchIdle(): Promise<void> {
    const { probeMs, deadlineMs } = this.options;
    const { writer } = this;
    if (this.current !== 'available' || this.running || Date.now() - this.lastAnswer < 3 * probeMs) return;
    this.lastAnswer = Date.now() + deadlineMs;
    try {
      await this.log.probe();
      this.lastAnswer = Date.now();
    } catch (error) {
      // A write that is under way decides for itself.
      if (!this.running && this.writer === writer) this.trip(error as Error);
    }
  }

  private isClosing(): boolean {
    return this.current === 'closing' || this.current === 'closed';
  }
}

function settle(append: Append, index: number, position: LogPosition): void {
  append.positions[index] = position;
  if (--append.missing === 0) append.resolve(append.positions);
}
