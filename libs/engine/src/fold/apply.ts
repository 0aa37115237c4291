import { CannotApply, type Decode, type Decoded, type EngineEvent } from '../log/event';
import { packPosition } from '../log/log-position';
import type { LogRecord } from '../log/record';
import type { Contribution } from '../declare/contribution';
import type { Projection } from '../declare/projection';

export interface DecodedRecord<E extends EngineEvent> {
  readonly record: LogRecord;
  /** null for a tombstone, which contributes nothing. */
  readonly decoded: Decoded<E> | null;
}

export function decodedRecord<E extends EngineEvent>(record: LogRecord, decode: Decode<E>): DecodedRecord<E> {
  return { record, decoded: record.value === null ? null : decode(record) };
}

export type SkipReason = 'no handler' | 'tombstone';

/** What a projection makes of one record. */
export type Application =
  | { readonly outcome: 'applied'; readonly contributions: readonly Contribution[] }
  | { readonly outcome: 'skipped'; readonly reason: SkipReason }
  | { readonly outcome: 'dead letter'; readonly event: EngineEvent | null; readonly reason: string };

/**
 * Applies the projection's pure handler to a record. Only this function decides whether an event can be applied, and at
 * which position it is, so live consumption, rebuild, replay and verification agree on it.
 */
export function applyRecord<E extends EngineEvent>(
  projection: Projection<E>,
  partition: number,
  { record, decoded }: DecodedRecord<E>,
): Application {
  if (decoded === null) return { outcome: 'skipped', reason: 'tombstone' };
  if (!decoded.ok) return { outcome: 'dead letter', event: null, reason: decoded.reason };
  const { event } = decoded;
  const handler = projection.handlerOf(event.name);
  if (!handler) return { outcome: 'skipped', reason: 'no handler' };
  let contributions: readonly Contribution[];
  try {
    contributions = handler(event);
  } catch (error) {
    // Handlers are pure: what they throw for this event they will always throw.
    return { outcome: 'dead letter', event, reason: reasonOf(error) };
  }
  for (const { table, row } of contributions)
    if (table.position !== null) row[table.position.index] = packPosition(partition, record.offset);
  return { outcome: 'applied', contributions };
}

function reasonOf(error: unknown): string {
  if (error instanceof CannotApply) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
