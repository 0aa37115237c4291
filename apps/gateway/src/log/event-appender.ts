/** A record of an accepted event. */
export interface EventMessage {
  readonly topic: string;
  readonly key: string;
  /** What the partition is chosen from. */
  readonly partitionKey: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
}

export interface EventPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** Where the gateway puts events. */
export interface EventAppender {
  /**
   * @returns the messages' positions in their order, once every one of them is durable
   * @throws {AppendUnavailable} when that is not known of every one; appending again is harmless
   */
  append(messages: readonly EventMessage[]): Promise<readonly EventPosition[]>;
}

/** Injection token of the EventAppender. */
export const EVENT_APPENDER = Symbol('event appender');
