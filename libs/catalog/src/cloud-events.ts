/** CloudEvents 1.0, Kafka protocol binding, binary mode: attributes are headers, the value is the data. */
export const CE_TYPE_PREFIX = 'com.usejimo.';
export const CE_SOURCE_PREFIX = '/jimo/workspaces/';
/**
 * Of the events that this system itself tells of. A webhook cannot make one: whatever name it sends, the
 * vendor's prefix is put before it.
 */
export const OWN_TYPE_PREFIX = 'jimo-webhooks.';
export const OWN_SOURCE_PREFIX = '/jimo-webhooks/workspaces/';

/** Whose event it is: one of Jimo's that a webhook delivered, or one of our own. */
export type EventOrigin = 'jimo' | 'own';

export const CE_PREFIXES: Readonly<Record<EventOrigin, { readonly type: string; readonly source: string }>> =
  {
    jimo: { type: CE_TYPE_PREFIX, source: CE_SOURCE_PREFIX },
    own: { type: OWN_TYPE_PREFIX, source: OWN_SOURCE_PREFIX },
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
