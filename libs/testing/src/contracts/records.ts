import { acceptEvent, decodeEvent, type CatalogEvent, type SystemRecord } from '@app/catalog';
import { textHeaders, type LogRecord } from '@app/engine';

/** A record with its topic and partition, for a delivered webhook event. */
export interface Placed {
  readonly topic: string;
  readonly partitionKey: string;
  readonly record: LogRecord;
}

/**
 * What the gateway would append for a delivered body.
 *
 * @param workspace the token's workspace
 * @throws {Error} when the gateway would reject it
 */
export function recordOf(
  body: string,
  offset: number,
  workspace = 'default',
  now = Date.UTC(2100, 0, 1),
): Placed {
  const acceptance = acceptEvent({ workspace, text: body, now });
  if (acceptance.outcome === 'rejected') throw new Error(`rejected: ${acceptance.detail}: ${body}`);
  const { topic, partitionKey, key, value, headers } = acceptance;
  return {
    topic,
    partitionKey,
    record: {
      offset,
      key: Buffer.from(key),
      value,
      headers: textHeaders(headers),
      timestamp: now,
    },
  };
}

/** A record of a system event, with its topic and partition. */
export function systemRecordOf(
  { topic, partitionKey, key, value, headers }: SystemRecord,
  timestamp: number,
): Placed {
  const record = { offset: 0, key: Buffer.from(key), value, headers: textHeaders(headers), timestamp };
  return { topic, partitionKey, record };
}

/** The event that a projection sees for a delivered body. */
export function eventOf(body: unknown, workspace = 'default'): CatalogEvent {
  const decoded = decodeEvent(recordOf(JSON.stringify(body), 0, workspace).record);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.event;
}
