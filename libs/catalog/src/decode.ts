import { CannotApply, type Decoded, type EngineEvent, type LogRecord } from '@app/engine';
import { definitionOf } from './catalog';
import { CE_PREFIXES, CE_TYPE_PREFIX, type EventOrigin } from './cloud-events';
import { type Members, scanMembers } from './json/scan';
import { isJsonObject, isUuid, type Problem } from './rules';

/**
 * An event as it stands in the log. Its headers say what routes it; the value is parsed when it is asked for,
 * once. The payload's objects were validated on the way in, their other fields may hold anything.
 */
export class CatalogEvent implements EngineEvent {
  readonly rank: number;
  private parsed: Readonly<Record<string, unknown>> | undefined;
  private scanned: Members | undefined;
  private decoded: string | undefined;

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
     * Whose it is. Names do not tell: a webhook may send any, those of our own events too. Whoever reads the
     * topic of the unrecognized has to look at this first.
     */
    readonly origin: EventOrigin = 'jimo',
  ) {
    this.rank = definitionOf(name)?.rank ?? 0;
  }

  /** The whole JSON text: as received, but for `time` in epoch milliseconds. */
  get text(): string {
    return (this.decoded ??= this.value.toString('utf8'));
  }

  /** @throws {CannotApply} when the record holds no JSON object (another producer wrote it) */
  get payload(): Readonly<Record<string, unknown>> {
    return (this.parsed ??= parseObject(this.text));
  }

  /**
   * The JSON text of a top-level member, as received (numbers beyond 2^53 included).
   *
   * @throws {CannotApply} as payload does
   */
  raw(member: string): string | undefined {
    if (!this.scanned) {
      // The scan takes only what was parsed.
      void this.payload;
      this.scanned = scanMembers(this.text);
    }
    return this.scanned.get(member);
  }
}

/** Turns a record of any of the topics into an event. Pure; never throws for a record's content. */
export function decodeEvent(
  record: Pick<LogRecord, 'value' | 'headers' | 'timestamp'>,
): Decoded<CatalogEvent> {
  const { value, headers, timestamp } = record;
  if (!value) return { ok: false, reason: 'the record has no value' };
  const id = headers.text('ce_id');
  if (!isUuid(id)) return { ok: false, reason: 'header ce_id is not a UUID' };
  const type = headers.text('ce_type');
  const origin = ORIGINS.find((each) => type?.startsWith(CE_PREFIXES[each].type));
  const name = origin && type?.slice(CE_PREFIXES[origin].type.length);
  if (!origin || !name) return { ok: false, reason: `header ce_type does not start with ${CE_TYPE_PREFIX}` };
  if (origin === 'own' && definitionOf(name))
    return { ok: false, reason: `header ce_type is not one of Jimo's, but names its event ${name}` };
  const { source } = CE_PREFIXES[origin];
  const workspace = workspaceOf(headers.text('ce_source'), source);
  if (workspace === undefined)
    return { ok: false, reason: `header ce_source is not ${source} and a workspace` };
  const time = Date.parse(headers.text('ce_time') ?? '');
  if (Number.isNaN(time)) return { ok: false, reason: 'header ce_time is not a time' };
  const problems = problemsOf(headers.text('ce_problems'));
  return {
    ok: true,
    event: new CatalogEvent(workspace, id.toLowerCase(), name, time, timestamp, problems, value, origin),
  };
}

const ORIGINS = ['jimo', 'own'] as const satisfies EventOrigin[];

function workspaceOf(source: string | undefined, prefix: string): string | undefined {
  if (!source?.startsWith(prefix) || source.length === prefix.length) return undefined;
  try {
    return decodeURIComponent(source.slice(prefix.length));
  } catch {
    return undefined;
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

function parseObject(json: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new CannotApply("the record's value is not JSON");
  }
  if (!isJsonObject(value)) throw new CannotApply("the record's value is not a JSON object");
  return value;
}
