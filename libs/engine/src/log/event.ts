import type { LogRecord } from './record';

/** What the engine needs to know of an event; the catalogue's events satisfy it. */
export interface EngineEvent {
  readonly workspace: string;
  /** The event id: a lower-case UUID that identifies the occurrence. */
  readonly id: string;
  /** The event's kind, such as `tour.started`. */
  readonly name: string;
  /** Event time in epoch milliseconds. */
  readonly time: number;
  /** Rank of the kind: decides between contributions of the same time. */
  readonly rank: number;
}

export type Decoded<E extends EngineEvent> =
  { readonly ok: true; readonly event: E } | { readonly ok: false; readonly reason: string };

/** Turns a record into an event. Pure; never throws for a record's content. */
export type Decode<E extends EngineEvent> = (record: LogRecord) => Decoded<E>;

/**
 * An event that a projection can never apply, whatever is retried: its value does not fit a column.
 * Raised by the pure part only, caught by the fold, and ended as a dead letter with this reason.
 */
export class CannotApply extends Error {
  override readonly name = 'CannotApply';
}
