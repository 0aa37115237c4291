import type { LogPosition } from '@app/engine';

/** A record of an accepted event. */
export interface EventMessage {
  readonly topic: string;
  readonly key: string;
  /** What the partition is chosen from. */
  readonly partitionKey: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
}

/** Where the gateway puts events. */
export interface EventAppender {
  /**
   * @returns the messages' positions in their order, once every one of them is durable
   * @throws {AppendUnavailable} when that is not known of every one; appending again is harmless
   */
  append(messages: readonly EventMessage[]): Promise<readonly LogPosition[]>;
}

/** Injection token of the EventAppender. */
export const EVENT_APPENDER = Symbol('event appender');
