import { CannotApply } from './cannot-apply';
import type { Decoded, EngineEvent, LogRecord } from './event';
import type { Contribution, Projection } from './projection';
import type { AnyReadModel } from './read-model';
import { keyOf, mergeInto, type Row } from './row';

export interface DecodedRecord<E extends EngineEvent> {
  readonly record: LogRecord;
  /** null for a tombstone: it says that a record is gone, and contributes nothing. */
  readonly decoded: Decoded<E> | null;
}

/** A record that a projection could not apply. */
export interface SetAside {
  readonly offset: number;
  readonly key: string;
  readonly workspace: string | null;
  readonly eventId: string | null;
  readonly eventName: string | null;
  readonly reason: string;
}

export type SkipReason = 'no handler' | 'tombstone';

/** What a run of records comes to: one row per key, and an account of every record. */
export interface Fold {
  readonly rows: ReadonlyMap<AnyReadModel, readonly Row[]>;
  readonly applied: number;
  readonly skipped: Readonly<Record<SkipReason, number>>;
  readonly deadLetters: readonly SetAside[];
}

/** Accumulates contributions: one row per table and key, merged as they come. */
export class RowFold {
  private readonly tables: ReadonlyMap<AnyReadModel, Map<string, Row>>;

  constructor(tables: readonly AnyReadModel[]) {
    this.tables = new Map(tables.map((table) => [table, new Map<string, Row>()]));
  }

  add({ table, row }: Contribution): void {
    const rows = this.tables.get(table);
    if (!rows) throw new Error(`${table.name} is not a table of this projection`);
    const key = keyOf(table, row);
    const known = rows.get(key);
    if (known) mergeInto(table, known, row);
    else rows.set(key, row);
  }

  rows(): ReadonlyMap<AnyReadModel, readonly Row[]> {
    return new Map([...this.tables].map(([table, rows]) => [table, [...rows.values()]]));
  }
}

/**
 * Folds records with the projection's pure handlers. Whether an event can be applied is decided here and
 * nowhere else, so live consumption, rebuild and verification agree on it.
 */
export function foldRecords<E extends EngineEvent>(
  projection: Projection<E>,
  records: Iterable<DecodedRecord<E>>,
): Fold {
  const fold = new RowFold(projection.tables);
  const deadLetters: SetAside[] = [];
  const skipped = { 'no handler': 0, tombstone: 0 };
  let applied = 0;
  for (const { record, decoded } of records) {
    if (decoded === null) {
      skipped.tombstone++;
      continue;
    }
    if (!decoded.ok) {
      deadLetters.push(setAside(record, null, decoded.reason));
      continue;
    }
    const { event } = decoded;
    const handler = projection.handlerOf(event.name);
    if (!handler) {
      skipped['no handler']++;
      continue;
    }
    let contributions: readonly Contribution[];
    try {
      contributions = handler(event);
    } catch (error) {
      // Handlers are pure: whatever they throw for this event they throw for ever.
      deadLetters.push(setAside(record, event, reasonOf(error)));
      continue;
    }
    for (const contribution of contributions) fold.add(contribution);
    applied++;
  }
  return { rows: fold.rows(), applied, skipped, deadLetters };
}

export function setAside(record: LogRecord, event: EngineEvent | null, reason: string): SetAside {
  return {
    offset: record.offset,
    key: record.key?.toString('utf8') ?? '',
    workspace: event?.workspace ?? null,
    eventId: event?.id ?? null,
    eventName: event?.name ?? null,
    reason,
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof CannotApply) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
