import { decodeEvent, type CatalogEvent } from '@app/catalog';
import { formatPosition } from '@app/engine';
import { headerTexts, type PlacedRecord } from '@app/engine-kafka';
import { StoredJson } from '@app/platform';
import { isoTime } from '../common/database/times';
import type { LogEventDto } from './log.dto';

/** A record that holds something, and the event that it is; null where another producer wrote it. */
export interface FoundRecord extends PlacedRecord {
  readonly value: Buffer;
  readonly event: CatalogEvent | null;
}

/** Null for a tombstone, which holds nothing. */
export function foundRecord(placed: PlacedRecord): FoundRecord | null {
  const { value } = placed.record;
  if (value === null) return null;
  const decoded = decodeEvent(placed.record);
  return { ...placed, value, event: decoded.ok ? decoded.event : null };
}

export function showRecord({ topic, partition, record, value, event }: FoundRecord): LogEventDto {
  return {
    position: formatPosition({ topic, partition, offset: record.offset }),
    appendedAt: isoTime(record.timestamp),
    workspace: event?.workspace ?? null,
    id: event?.id ?? null,
    event: event?.name ?? null,
    time: event ? isoTime(event.time) : null,
    headers: headerTexts(record),
    value: shown(value.toString('utf8')),
  };
}

function shown(text: string): StoredJson | string {
  try {
    JSON.parse(text);
    return new StoredJson(text);
  } catch {
    return text;
  }
}
