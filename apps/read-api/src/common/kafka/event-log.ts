import type { LogBounds, LogPosition } from '@app/engine';
import type { AppendMessage } from '@app/engine-kafka';
import type { SearchedLog } from '../../evidence/evidence-log';

/** Where commands put events: a command is an event in the log, like any other. */
export interface EventLog {
  /**
   * @returns the events' positions in their order, once every one of them is durable
   * @throws {AppendUnavailable} when that is not known of every one; appending again is harmless
   */
  append(events: readonly AppendMessage[]): Promise<readonly LogPosition[]>;

  /**
   * What every partition of the topic holds, as it is after this call: whatever was durable before is in it.
   * Null when the log does not answer.
   */
  bounds(topic: string): Promise<readonly LogBounds[] | null>;
}

/** What stands in for Kafka in tests: it takes events, and its log can be read. */
export interface LogInsteadOfKafka extends EventLog {
  readonly log: SearchedLog;
}

/** Injection token of the EventLog. */
export const EVENT_LOG = Symbol('event log');
