import { isUtf8 } from 'node:buffer';
import {
  type Acceptable,
  type Acceptance,
  acceptElements,
  acceptEvent,
  definitionOf,
  type Problem as EventProblem,
  scanElements,
} from '@app/catalog';
import { Problem } from '@app/platform';
import type { EventAppender, EventPosition } from '../log/event-appender';
import { MAX_BATCH_EVENTS } from './limits';

/** An event that is durable. */
export interface TakenEvent {
  readonly id: string;
  readonly status: Acceptable['outcome'];
  /** `<topic>/<partition>@<offset>` */
  readonly position: string;
  readonly problems?: readonly EventProblem[];
}

/** An element of a batch that would have been a 400, 413 or 422 alone: nothing of it was stored. */
export interface RejectedEvent {
  readonly status: 'rejected';
  readonly problems: readonly EventProblem[];
}

/** Counts outcomes: the event's name if it is catalogued, and what became of it. */
export interface IntakeObserver {
  counted(event: string, status: Acceptance['outcome']): void;
}

/** Takes deliveries: decides what becomes of each, and answers for it once it is durable. */
export class Intake {
  constructor(
    private readonly appender: EventAppender,
    private readonly observer: IntakeObserver,
    /** Epoch milliseconds. */
    private readonly clock: () => number = Date.now,
  ) {}

  /**
   * @throws {Problem} 400, 413 or 422: nothing was stored
   * @throws {AppendUnavailable} when it is not known to be durable
   */
  async take(workspace: string, bytes: Buffer): Promise<TakenEvent> {
    const acceptance = acceptEvent({ workspace, bytes, now: this.clock() });
    if (acceptance.outcome === 'rejected') {
      const { status, detail, problems } = acceptance;
      this.observer.counted('none', 'rejected');
      throw new Problem(status, { detail, ...(problems.length > 0 && { problems }) });
    }
    const [position] = await this.appender.append([acceptance]);
    return this.taken(acceptance, position!);
  }

  /**
   * @returns one result per element, in their order, once everything that was taken is durable
   * @throws {Problem} 400 when the body is not an array of at most 500
   * @throws {AppendUnavailable} when not all of it is known to be durable; sending it again is harmless
   */
  async takeBatch(workspace: string, bytes: Buffer): Promise<(TakenEvent | RejectedEvent)[]> {
    const now = this.clock();
    const acceptances =
      acceptElements({ workspace, bytes, now }, MAX_BATCH_EVENTS) ??
      elementsOf(bytes).map((text) => acceptEvent({ workspace, text, now }));
    const accepted = acceptances.filter((acceptance) => acceptance.outcome !== 'rejected');
    const positions = await this.appender.append(accepted);
    let next = 0;
    return acceptances.map((acceptance) => {
      if (acceptance.outcome !== 'rejected') return this.taken(acceptance, positions[next++]!);
      this.observer.counted('none', 'rejected');
      const { problems, detail } = acceptance;
      return {
        status: 'rejected',
        problems: problems.length > 0 ? problems : [{ path: '', message: detail }],
      };
    });
  }

  private taken(event: Acceptable, { topic, partition, offset }: EventPosition): TakenEvent {
    const { id, outcome: status, problems } = event;
    // The names of unrecognized events are anyone's: as labels there could be any number of them.
    this.observer.counted(definitionOf(event.name)?.name ?? 'other', status);
    return { id, status, position: `${topic}/${partition}@${offset}`, ...(problems && { problems }) };
  }
}

/** The JSON texts of the elements of an array that takes a closer look than acceptElements has. */
function elementsOf(bytes: Buffer): string[] {
  const text = isUtf8(bytes) ? bytes.toString('utf8') : '';
  let elements: unknown;
  try {
    elements = JSON.parse(text);
  } catch {
    throw new Problem(400, { detail: 'The body is not valid JSON; a batch is an array of events.' });
  }
  if (!Array.isArray(elements)) throw new Problem(400, { detail: 'A batch is an array of events.' });
  if (elements.length > MAX_BATCH_EVENTS) {
    const detail = `A batch may have at most ${MAX_BATCH_EVENTS} events; this one has ${elements.length}.`;
    throw new Problem(400, { detail });
  }
  return scanElements(text);
}
