import type { LogPosition } from '@app/engine';

/** A record of an accepted event. */
export interface EventMessage {
  readonly topic: string;
  readonly key: string;
  /** Determines the partition. */
  readonly partitionKey: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
}

/** The log as the gateway sees it. */
export interface EventAppender {
  /**
   * @returns the positions of the messages, in order, once all of them are durable
   * @throws {AppendUnavailable} if the durability of any message is unknown; appending again is idempotent
   */
  append(messages: readonly EventMessage[]): Promise<readonly LogPosition[]>;
}

/** Injection token of the `EventAppender`. */
export const EVENT_APPENDER = Symbol('event appender');
