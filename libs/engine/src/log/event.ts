import type { LogRecord } from './record';

/** The part of an event that the engine needs; the catalogue's events satisfy it. */
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

/** Turns a record into an event. It is pure and never throws because of a record's content. */
export type Decode<E extends EngineEvent> = (record: LogRecord) => Decoded<E>;

/**
 * An event can never be applied, because a value does not fit its column. Handlers throw it; the event becomes a dead
 * letter with this message as its reason.
 */
export class CannotApply extends Error {
  override readonly name = 'CannotApply';
}
