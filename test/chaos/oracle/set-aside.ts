import { createHash } from 'node:crypto';
import { uuidsIn } from './erasures';
import { type Event, rankOf } from './event';
import { depthOf } from './json-text';
import { columnsOf, earliest, greatest, newest, type Snapshot, snapshotOf } from './merging';
import { json, uid } from './reading';
import { type Expected, Keyed } from './rows';

interface SetAside {
  readonly mentions: string;
  readonly eventName: string;
  readonly occurredAt: number | null;
  readonly receivedAt: number | null;
  readonly content: Snapshot | null;
}

const NOTHING: SetAside = {
  mentions: '{}',
  eventName: '',
  occurredAt: null,
  receivedAt: null,
  content: null,
};
/** Deeper JSON is shown as the text that it is: parsers, PostgreSQL's among them, recurse by level. */
const DEEPEST = 200;
/** What is not spelt in PostgreSQL as it was sent: an escaped U+0000 or (half of) a surrogate pair. */
const REWRITTEN = /\\u(?:0000|d[89a-f])/i;

/** What was accepted but goes into no other read model. */
export class SetAsideEvents {
  private readonly events = new Keyed<SetAside>();

  add(event: Event): void {
    if (event.topic !== 'jimo.quarantine' && event.topic !== 'jimo.unrecognized') return;
    const tooDeep = depthOf(event.text) > DEEPEST;
    const content = snapshotOf(event, rankOf(event.name), {
      problems: json(event.problems ?? '[]'),
      payload: json(tooDeep ? JSON.stringify(event.text) : event.text),
      // A replay has every byte (docs/adr/0007): also where only the spelling is another.
      original: tooDeep || REWRITTEN.test(event.text) ? event.text : null,
    });
    const mentions = uuidsIn(event.text).sort().join();
    const mentioning = createHash('sha256').update(mentions).digest('hex').slice(0, 32);
    const kind = event.topic.slice('jimo.'.length);
    this.events.update([event.workspace, kind, event.id, mentioning], (known) => ({
      mentions: `{${mentions}}`,
      eventName: greatest(known?.eventName ?? null, uid(event.name)),
      occurredAt: event.time,
      receivedAt: earliest(known?.receivedAt ?? null, event.receivedAt),
      content: newest(known?.content ?? null, content),
    }));
  }

  views(): Record<string, Expected> {
    return {
      set_aside_event: this.events.view(
        ['workspace', 'topic', 'eventId', 'mentioning'],
        NOTHING,
        (event) => ({
          mentions: event.mentions,
          eventName: event.eventName,
          occurredAt: event.occurredAt,
          receivedAt: event.receivedAt,
          ...columnsOf('content', event.content, ['problems', 'payload', 'original']),
          // Nobody replays or discards in the time of a run.
          ...columnsOf('replay', null, ['replayedAt', 'acceptedId', 'replayedPosition']),
          ...columnsOf('discard', null, ['discardedAt', 'discardReason']),
        }),
      ),
    };
  }
}
