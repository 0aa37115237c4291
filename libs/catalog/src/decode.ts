import type { Decoded, EngineEvent, LogRecord } from '@app/engine';
import { definitionOf } from './catalog';
import { CE_PREFIXES, CE_TYPE_PREFIX, type EventOrigin } from './cloud-events';
import { epochMilliseconds, lowerCaseUuid, Memo } from './header-text';
import { parseObject, readBody, type EventBody } from './json/event-body';
import type { ObjectReader } from './json/object-reader';
import type { Problem } from './rules';

/**
 * An event as it stands in the log. Its headers say what routes it; the value is parsed when it is asked for,
 * once. The payload's objects were validated on the way in, their other fields may hold anything.
 */
export class CatalogEvent implements EngineEvent {
  readonly rank: number;
  private parsed: Readonly<Record<string, unknown>> | undefined;
  private read: EventBody | undefined;

  constructor(
    readonly workspace: string,
    readonly id: string,
    /** Such as `tour.started`; not in the catalogue when the event is from the topic of the unrecognized. */
    readonly name: string,
    /** Epoch milliseconds. */
    readonly time: number,
    /** When Kafka took it, epoch milliseconds. */
    readonly receivedAt: number,
    /** Why it was quarantined; absent otherwise. */
    readonly problems: readonly Problem[] | undefined,
    private readonly value: Buffer,
    /**
     * A webhook may send any name, that of a system event too. What reads the topic of the unrecognized checks
     * this first.
     */
    readonly origin: EventOrigin = 'jimo',
  ) {
    this.rank = definitionOf(name)?.rank ?? 0;
  }

  /** The whole JSON text: as received, but for `time` in epoch milliseconds. */
  get text(): string {
    return this.value.toString('utf8');
  }

  /**
   * All of it, parsed. Who needs a few members asks `object` for them: that costs a part of this.
   *
   * @throws {CannotApply} when the record holds no JSON object (another producer wrote it)
   */
  get payload(): Readonly<Record<string, unknown>> {
    return (this.parsed ??= parseObject(this.text));
  }

  /**
   * A top-level member that is an object; undefined when it is absent or something else.
   *
   * @throws {CannotApply} as payload does
   */
  object(member: string): ObjectReader | undefined {
    return this.body.object(member);
  }

  /**
   * The JSON text of a top-level member, as received (numbers beyond 2^53 included).
   *
   * @throws {CannotApply} as payload does
   */
  raw(member: string): string | undefined {
    return this.body.raw(member);
  }

  private get body(): EventBody {
    return (this.read ??= readBody(this.value));
  }
}

/** Turns a record of any of the topics into an event. Pure; never throws for a record's content. */
export function decodeEvent(
  record: Pick<LogRecord, 'value' | 'headers' | 'timestamp'>,
): Decoded<CatalogEvent> {
  const { value, headers, timestamp } = record;
  if (!value) return { ok: false, reason: 'the record has no value' };
  const id = lowerCaseUuid(headers.text('ce_id'));
  if (id === undefined) return { ok: false, reason: 'header ce_id is not a UUID' };
  const kind = kinds.of(headers.text('ce_type') ?? '');
  if ('reason' in kind) return { ok: false, reason: kind.reason };
  const { origin, name } = kind;
  const workspace = workspaces[origin].of(headers.text('ce_source') ?? '');
  if (workspace === null)
    return { ok: false, reason: `header ce_source is not ${CE_PREFIXES[origin].source} and a workspace` };
  const time = epochMilliseconds(headers.text('ce_time') ?? '');
  if (Number.isNaN(time)) return { ok: false, reason: 'header ce_time is not a time' };
  const problems = problemsOf(headers.text('ce_problems'));
  return {
    ok: true,
    event: new CatalogEvent(workspace, id, name, time, timestamp, problems, value, origin),
  };
}

/** The workspace that sent a record; null for one that nobody sent: a tombstone, a system event, or no event at all. */
export function senderOf(record: Pick<LogRecord, 'value' | 'headers' | 'timestamp'>): string | null {
  const decoded = decodeEvent(record);
  return decoded.ok && decoded.event.origin === 'jimo' ? decoded.event.workspace : null;
}

const ORIGINS = ['jimo', 'system'] as const satisfies EventOrigin[];

type Kind = { readonly origin: EventOrigin; readonly name: string } | { readonly reason: string };

/** What few headers say of very many records. */
const kinds = new Memo(kindOf);
const workspaces = {
  jimo: new Memo((source) => workspaceOf(source, CE_PREFIXES.jimo.source)),
  system: new Memo((source) => workspaceOf(source, CE_PREFIXES.system.source)),
} satisfies Record<EventOrigin, Memo<string | null>>;

function kindOf(type: string): Kind {
  const origin = ORIGINS.find((each) => type.startsWith(CE_PREFIXES[each].type));
  const name = origin && type.slice(CE_PREFIXES[origin].type.length);
  if (!origin || !name) return { reason: `header ce_type does not start with ${CE_TYPE_PREFIX}` };
  if (origin === 'system' && definitionOf(name))
    return { reason: `header ce_type is not one of Jimo's, but names its event ${name}` };
  return { origin, name };
}

function workspaceOf(source: string, prefix: string): string | null {
  if (!source.startsWith(prefix) || source.length === prefix.length) return null;
  try {
    return decodeURIComponent(source.slice(prefix.length));
  } catch {
    return null;
  }
}

function problemsOf(header: string | undefined): readonly Problem[] | undefined {
  if (header === undefined) return undefined;
  try {
    const problems: unknown = JSON.parse(header);
    if (Array.isArray(problems)) return problems as readonly Problem[];
  } catch {
    // Told below: whoever reads a quarantined event must see that it is one.
  }
  return [{ path: '', message: 'header ce_problems is not a JSON array' }];
}
