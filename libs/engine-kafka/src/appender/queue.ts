import type { LogPosition } from '@app/engine';
import { type AppendMessage, sizeOf } from './message';

/** Messages that were given together and are answered together. */
export interface Append {
  readonly positions: LogPosition[];
  /** How many of its messages have no position yet. */
  missing: number;
  readonly resolve: (positions: readonly LogPosition[]) => void;
  readonly reject: (error: Error) => void;
}

export interface Waiting {
  readonly message: AppendMessage;
  readonly append: Append;
  /** Place among the append's messages. */
  readonly index: number;
  /** Bytes that it takes in a request, at most. */
  readonly size: number;
}

export interface QueueLimits {
  readonly messages: number;
  readonly bytes: number;
}

/** What waits for the next produce call, in order of arrival, bounded by number and bytes. */
export class AppendQueue {
  private waiting: Waiting[] = [];
  private head = 0;
  private waitingBytes = 0;

  constructor(private readonly limits: QueueLimits) {}

  get length(): number {
    return this.waiting.length - this.head;
  }

  get bytes(): number {
    return this.waitingBytes;
  }

  /** All of the messages, or none when they do not fit. */
  offer(messages: readonly AppendMessage[], append: Append): boolean {
    const sizes = messages.map(sizeOf);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const fits =
      this.length + messages.length <= this.limits.messages && this.waitingBytes + bytes <= this.limits.bytes;
    if (!fits) return false;
    this.waitingBytes += bytes;
    messages.forEach((message, index) => this.waiting.push({ message, append, index, size: sizes[index]! }));
    return true;
  }

  /** The next messages in order, at least one if there is any. */
  take(limits: QueueLimits): Waiting[] {
    const end = Math.min(this.waiting.length, this.head + limits.messages);
    let bytes = 0;
    let next = this.head;
    while (next < end) {
      const { size } = this.waiting[next]!;
      if (next > this.head && bytes + size > limits.bytes) break;
      bytes += size;
      next++;
    }
    const taken = this.waiting.slice(this.head, next);
    this.waitingBytes -= bytes;
    this.head = next;
    if (this.head === this.waiting.length || this.head > 4_096) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
    return taken;
  }

  takeAll(): Waiting[] {
    return this.take({ messages: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY });
  }
}
