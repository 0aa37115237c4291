import { isJsonObject, isUid, type Problem } from './rules';
import { readTime } from './time';

export interface Envelope {
  readonly ok: true;
  /** The event's name, catalogued or not. */
  readonly event: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** 400: not a JSON object. 422: an object, but no envelope. */
export interface NoEnvelope {
  readonly ok: false;
  readonly status: 400 | 422;
  readonly title: string;
  readonly detail: string;
  readonly problems: readonly Problem[];
}

const EVENT_RULE = 'must be the name of the event, a non-empty string of at most 200 characters';
const TIME_RULE =
  'must be epoch seconds (10 digits), epoch milliseconds (12 or 13 digits), a string of either, ' +
  'or an ISO-8601 date and time with a zone';

/**
 * Reads what every webhook must have: a JSON object with a usable `event` and `time`. Never throws.
 *
 * @param storedTime of an event that comes from a log: there `time` is in epoch milliseconds whatever its digits
 */
export function readEnvelope(text: string, storedTime?: number): Envelope | NoEnvelope {
  const payload = parse(text);
  if (!isJsonObject(payload)) {
    return {
      ok: false,
      status: 400,
      title: payload === undefined ? 'Not JSON' : 'Not a JSON object',
      detail:
        payload === undefined ? notJson(text) : `An event is a JSON object; this is ${kindOf(payload)}.`,
      problems: [],
    };
  }
  const { event } = payload;
  const isStored = storedTime !== undefined && typeof payload['time'] === 'number';
  const time = isStored ? storedTime : readTime(payload['time']);
  const usable = isUid(event) && event.trim().length > 0;
  if (usable && time !== undefined) return { ok: true, event, time, payload };

  const problems: Problem[] = [];
  if (!usable) problems.push({ path: 'event', message: missingOr(event, EVENT_RULE) });
  if (time === undefined) problems.push({ path: 'time', message: missingOr(payload['time'], TIME_RULE) });
  return {
    ok: false,
    status: 422,
    title: 'Not an event',
    detail: `Nothing was stored: ${problems.map(({ path, message }) => `\`${path}\` ${message}`).join('; ')}.`,
    problems,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON.parse's own message quotes the text, which may hold personal data: it must not reach a log. */
function notJson(text: string): string {
  if (text.trim().length === 0) return 'The body is empty; an event is a JSON object.';
  if (text.startsWith('\ufeff')) return 'The body starts with a byte order mark, which JSON does not allow.';
  return 'The body is not valid JSON; an event is a JSON object.';
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}

function missingOr(value: unknown, rule: string): string {
  return value === undefined || value === null ? `is missing; it ${rule}` : rule;
}
