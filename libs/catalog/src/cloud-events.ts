/** CloudEvents 1.0, Kafka protocol binding, binary mode: attributes are headers, the value is the data. */
export const CE_TYPE_PREFIX = 'com.usejimo.';
export const CE_SOURCE_PREFIX = '/jimo/workspaces/';

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

export function cloudEventHeaders(event: CloudEvent): RecordHeaders {
  return {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: CE_TYPE_PREFIX + event.name,
    ce_source: CE_SOURCE_PREFIX + encodeURIComponent(event.workspace.toWellFormed()),
    ce_time: new Date(event.time).toISOString(),
    ce_partitionkey: event.partitionKey,
    'content-type': 'application/json',
  };
}
