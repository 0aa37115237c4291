import { isUtf8 } from 'node:buffer';
import {
  type Acceptable,
  type Acceptance,
  acceptElements,
  acceptEvent,
  definitionOf,
  type Problem as EventProblem,
  type Rejected,
  scanElements,
  splitElements,
} from '@app/catalog';
import { formatPosition, type LogPosition } from '@app/engine';
import { Problem } from '@app/platform';
import type { EventAppender, EventMessage } from '../log/event-appender';
import type { IntakeLines } from './intake-lines';
import type { IntakeSummary } from './intake-summary';
import { breakOf } from './broken-json';
import type { ClockWatch } from './clock-watch';
import { MAX_BATCH_EVENTS } from './limits';
import type { RequestTrace } from './webhook-tracing';

/** The result for a durable event. */
export interface TakenEvent {
  readonly id: string;
  readonly status: Acceptable['outcome'];
  /** `<topic>/<partition>@<offset>` */
  readonly position: string;
  readonly problems?: readonly EventProblem[];
}

/** The result for an element of a batch that would be a 400, 413 or 422 alone; nothing of it was stored. */
export interface RejectedEvent {
  readonly status: 'rejected';
  readonly problems: readonly EventProblem[];
}

/** Counts outcomes by the event's name, if it is in the catalogue, and status. */
export interface IntakeObserver {
  counted(event: string, status: Acceptance['outcome']): void;
}

/** Handles deliveries: classifies each one and returns its result once it is durable. */
export class Intake {
  constructor(
    private readonly appender: EventAppender,
    private readonly observer: IntakeObserver,
    private readonly summary: IntakeSummary,
    private readonly lines: IntakeLines,
    private readonly watch: ClockWatch,
    /** Epoch milliseconds. */
    private readonly clock: () => number = Date.now,
  ) {}

  /**
   * @throws {Problem} 400, 413 or 422, if nothing was stored
   * @throws {AppendUnavailable} if its durability is unknown
   */
  async take(workspace: string, bytes: Buffer, trace?: RequestTrace): Promise<TakenEvent> {
    const acceptance = acceptEvent({ workspace, bytes, now: this.clock() });
    if (acceptance.outcome === 'rejected') {
      const { status, problems } = acceptance;
      this.refused(workspace, acceptance, trace);
      throw new Problem(status, {
        detail: located(acceptance, bytes),
        ...(problems.length > 0 && { problems }),
      });
    }
    const [position] = await this.append([acceptance], trace);
    this.summary.arrived(workspace);
    return this.taken(workspace, acceptance, position!, trace);
  }

  /**
   * @returns one result per element, in order, once all accepted elements are durable
   * @throws {Problem} 400 if the body is not an array of at most 500 events
   * @throws {AppendUnavailable} if the durability of any element is unknown; sending the batch again is idempotent
   */
  async takeBatch(
    workspace: string,
    bytes: Buffer,
    trace?: RequestTrace,
  ): Promise<(TakenEvent | RejectedEvent)[]> {
    const now = this.clock();
    const acceptances =
      acceptElements({ workspace, bytes, now }, MAX_BATCH_EVENTS) ?? acceptEach({ workspace, bytes, now });
    const accepted = acceptances.filter((acceptance) => acceptance.outcome !== 'rejected');
    const positions = await this.append(accepted, trace);
    if (accepted.length > 0) this.summary.arrived(workspace);
    let next = 0;
    return acceptances.map((acceptance) => {
      if (acceptance.outcome !== 'rejected')
        return this.taken(workspace, acceptance, positions[next++]!, trace);
      this.refused(workspace, acceptance, trace);
      const { status, problems, detail } = acceptance;
      // A refused request is counted by its response (refusals.ts).
      this.summary.refused(workspace, status, detail);
      return {
        status: 'rejected',
        problems: problems.length > 0 ? problems : [{ path: '', message: detail }],
      };
    });
  }

  private append(
    messages: readonly EventMessage[],
    trace: RequestTrace | undefined,
  ): Promise<readonly LogPosition[]> {
    if (!trace) return this.appender.append(messages);
    return trace.appending(messages, (traced) => this.appender.append(traced));
  }

  private refused(workspace: string, rejected: Rejected, trace: RequestTrace | undefined): void {
    this.observer.counted('none', 'rejected');
    this.lines.refused(workspace, rejected, trace?.id);
  }

  private taken(
    workspace: string,
    event: Acceptable,
    placed: LogPosition,
    trace: RequestTrace | undefined,
  ): TakenEvent {
    const { id, outcome: status, problems } = event;
    const position = formatPosition(placed);
    this.watch.saw(event);
    if (status !== 'accepted') this.lines.setAside(workspace, event, position, trace?.id);
    // Names of unrecognized events are arbitrary, so as labels they would be unbounded.
    this.observer.counted(definitionOf(event.name)?.name ?? 'other', status);
    return { id, status, position, ...(problems && { problems }) };
  }
}

interface Batch {
  readonly workspace: string;
  readonly bytes: Buffer;
  readonly now: number;
}

/**
 * Classifies the elements of an array that `acceptElements` cannot handle.
 *
 * @throws {Problem} 400
 */
function acceptEach({ workspace, bytes, now }: Batch): Acceptance[] {
  const array = isUtf8(bytes) ? bytes.toString('utf8') : null;
  const elements = array === null ? null : elementsOf(array);
  if (array !== null && elements !== null) {
    assertFew(elements.length);
    return scanElements(array).map((text) => acceptEvent({ workspace, text, now }));
  }
  // In Latin-1, text offsets equal byte offsets, and the separators are the same.
  const spans = splitElements(bytes.toString('latin1'));
  if (spans === null) throw new Problem(400, { detail: notJson(bytes) });
  assertFew(spans.length);
  return spans.map(({ start, end }) => {
    const element = bytes.subarray(start, end);
    const acceptance = acceptEvent({ workspace, bytes: element, now });
    return acceptance.outcome === 'rejected'
      ? { ...acceptance, detail: located(acceptance, element, start) }
      : acceptance;
  });
}

/** Null if the text is not JSON. */
function elementsOf(text: string): readonly unknown[] | null {
  let elements: unknown;
  try {
    elements = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(elements)) throw new Problem(400, { detail: 'A batch is an array of events.' });
  return elements as readonly unknown[];
}

function assertFew(count: number): void {
  if (count <= MAX_BATCH_EVENTS) return;
  const detail = `A batch may have at most ${MAX_BATCH_EVENTS} events; this one has ${count}.`;
  throw new Problem(400, { detail });
}

/** The problem of an element; for invalid JSON with the offset in the body, in which the element begins at `start`. */
function located({ status, detail, title }: Rejected, bytes: Buffer, start = 0): string {
  const broken = status === 400 && title === 'Not JSON' && bytes.length > 0 ? breakOf(bytes) : undefined;
  return broken ? `${detail} It breaks at byte ${start + broken.byte} of the body.` : detail;
}

function notJson(bytes: Buffer): string {
  const broken = breakOf(bytes);
  const where = broken && ` It breaks in element ${broken.element}, at byte ${broken.byte} (both from 0).`;
  return `The body is not valid JSON; a batch is an array of events. Nothing of it was stored.${where ?? ''}`;
}
