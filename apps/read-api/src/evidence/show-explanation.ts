import type { CatalogEvent } from '@app/catalog';
import {
  formatPosition,
  type AnyReadModel,
  type ChangedColumn,
  type Contribution,
  type ViewColumn,
  type Row,
  type Stored,
} from '@app/engine';
import { StoredJson } from '@app/platform';
import { isoTime, isoTimeInJson, isoTimeOrNull } from '../common/database/times';
import type { ContributedDto, ExplainedEventDto, LetterOfRowDto, RejectedOfRowDto } from './explain.dto';
import type { ListedEvent } from './event-pages';
import type { LetterRow, RejectedRow } from './stored-rows';

const GONE =
  'no longer in the log, because a copy that is not applied yet displaced it, its person was erased, or the log was restored';

type Members = Readonly<Record<string, unknown>>;

/** @param derived columns that the database derives, of an equal row; null: none are shown */
export function showRow(
  table: AnyReadModel,
  row: Row,
  derived: Readonly<Record<string, Stored>> | null,
): Members {
  const shown = table.columns.filter(({ role }) => role.kind !== 'stamp' && role.kind !== 'position');
  const more = derived === null ? [] : [...table.generated, ...table.viewColumns];
  return Object.fromEntries([
    ...shown.map((column) => [column.publicName, showValue(column, row[column.index]!)]),
    ...more.map((column) => [column.publicName, showValue(column, derived![column.name] ?? null)]),
  ]) as Members;
}

function showValue({ type, isList }: ViewColumn, value: Stored): unknown {
  if (value === null) return null;
  if (type.name === 'instant') return isoTime(value as number);
  if (type.name !== 'json') return value;
  return isList ? (JSON.parse(value as string) as unknown) : new StoredJson(value as string);
}

/**
 * @param copies of events in the log; null: not counted
 * @param changed columns that it changed; null: not known
 */
export function showEvent(
  { id, time, kind, position, appendedAt, explained }: ListedEvent,
  copies: ReadonlyMap<string, number> | null,
  changed: readonly ChangedColumn[] | null,
): ExplainedEventDto {
  return {
    ...{ id, event: kind, time: isoTime(time), position: formatPosition(position) },
    appendedAt: isoTimeOrNull(appendedAt),
    latenessSeconds: appendedAt === null ? null : (appendedAt - time) / 1_000,
    deliveries: copies === null ? null : (copies.get(id) ?? 0),
    contributed: (explained?.contributions ?? []).map(showContribution),
    won: (explained?.won ?? []).map(({ publicName }) => publicName),
    lost: (explained?.lost ?? []).map(({ column, to }) => ({ column: column.publicName, to })),
    changed: changed && showColumns(changed),
    note: explained === null ? GONE : explained.notApplied,
    payload: explained && payloadOf(explained.event),
  };
}

function showContribution({ table, row }: Contribution): ContributedDto {
  const values = table.columns
    .filter(({ index }) => index > 0 && row[index] !== null)
    .map((column) => ({ column, value: row[column.index]! }));
  return { model: table.name, values: showColumns(values) };
}

function showColumns(columns: readonly ChangedColumn[]): Members {
  return Object.fromEntries(
    columns
      .filter(({ column: { role } }) => role.kind !== 'stamp' && role.kind !== 'position')
      .map(({ column, value }) => [column.publicName, showValue(column, value)]),
  );
}

function payloadOf({ text }: CatalogEvent): StoredJson | null {
  try {
    JSON.parse(text);
    return new StoredJson(text);
  } catch {
    return null;
  }
}

export function showLetter({ id, projection, event, reason, state, ...position }: LetterRow): LetterOfRowDto {
  return { id: String(id), projection, position: formatPosition(position), event, reason, state };
}

export function showRejected({ receivedAt, ...rest }: RejectedRow): RejectedOfRowDto {
  return { ...rest, receivedAt: receivedAt === null ? null : isoTimeInJson(receivedAt) };
}
