import { type Event, rankOf } from './event';
import { depthOf } from './json-text';
import { columnsOf, earliest, greatest, newest, type Snapshot, snapshotOf } from './merging';
import { json, uid } from './reading';
import { type Expected, Keyed } from './rows';

interface SetAside {
  readonly eventName: string;
  readonly occurredAt: number | null;
  readonly receivedAt: number | null;
  readonly content: Snapshot | null;
}

const NOTHING: SetAside = { eventName: '', occurredAt: null, receivedAt: null, content: null };
/** Deeper JSON is shown as the text that it is: parsers, PostgreSQL's among them, recurse by level. */
const DEEPEST = 200;

/** What was accepted but goes into no other read model. */
export class SetAsideEvents {
  private readonly events = new Keyed<SetAside>();

  add(event: Event): void {
    if (event.topic !== 'jimo.quarantine' && event.topic !== 'jimo.unrecognized') return;
    const content = snapshotOf(event, rankOf(event.name), {
      problems: json(event.problems ?? '[]'),
      payload: json(depthOf(event.text) > DEEPEST ? JSON.stringify(event.text) : event.text),
    });
    this.events.update([event.workspace, event.topic.slice('jimo.'.length), event.id], (known) => ({
      eventName: greatest(known?.eventName ?? null, uid(event.name)),
      occurredAt: event.time,
      receivedAt: earliest(known?.receivedAt ?? null, event.receivedAt),
      content: newest(known?.content ?? null, content),
    }));
  }

  views(): Record<string, Expected> {
    return {
      set_aside_event: this.events.view(['workspace', 'topic', 'eventId'], NOTHING, (event) => ({
        eventName: event.eventName,
        occurredAt: event.occurredAt,
        receivedAt: event.receivedAt,
        ...columnsOf('content', event.content, ['problems', 'payload']),
      })),
    };
  }
}
