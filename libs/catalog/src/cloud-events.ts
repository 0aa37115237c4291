/** CloudEvents 1.0, Kafka protocol binding, binary mode: attributes are headers, the value is the data. */
export const CE_TYPE_PREFIX = 'com.usejimo.';
export const CE_SOURCE_PREFIX = '/jimo/workspaces/';
/** System events. A webhook cannot make one: whatever name it sends, the vendor's prefix is put before it. */
export const SYSTEM_TYPE_PREFIX = 'jimo-webhooks.';
export const SYSTEM_SOURCE_PREFIX = '/jimo-webhooks/workspaces/';

/** One of Jimo's events that a webhook delivered, or a system event: one that this system appends. */
export type EventOrigin = 'jimo' | 'system';

export const CE_PREFIXES: Readonly<Record<EventOrigin, { readonly type: string; readonly source: string }>> =
  {
    jimo: { type: CE_TYPE_PREFIX, source: CE_SOURCE_PREFIX },
    system: { type: SYSTEM_TYPE_PREFIX, source: SYSTEM_SOURCE_PREFIX },
  };

export interface CloudEvent {
  readonly id: string;
  readonly workspace: string;
  /** The event's name, such as `tour.started`. */
  readonly name: string;
  /** Epoch milliseconds, in the years 1 to 9999. */
  readonly time: number;
  readonly partitionKey: string;
}

export type RecordHeaders = Readonly<Record<string, string>>;

export function cloudEventHeaders(event: CloudEvent, origin: EventOrigin = 'jimo'): RecordHeaders {
  const prefix = CE_PREFIXES[origin];
  return {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: prefix.type + event.name,
    ce_source: prefix.source + encodeURIComponent(event.workspace.toWellFormed()),
    ce_time: new Date(event.time).toISOString(),
    ce_partitionkey: event.partitionKey,
    'content-type': 'application/json',
  };
}
