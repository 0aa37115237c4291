import { type Event, objectIn } from './event';
import { earliest } from './merging';
import { uuid } from './reading';
import { type Expected, Keyed } from './rows';

/** What each of the projections reads that may carry an end user. */
const READS: Readonly<Record<string, readonly string[]>> = {
  experiences: ['jimo.engagement'],
  feedback: ['jimo.feedback'],
  jimers: ['jimo.engagement', 'jimo.feedback'],
  journeys: ['jimo.engagement', 'jimo.feedback'],
  surveys: ['jimo.engagement'],
  set_aside: ['jimo.quarantine', 'jimo.unrecognized'],
};

/** All UUIDs of a text, in lower case. An escape may hide one. */
export function uuidsIn(text: string): string[] {
  const plain = text.replace(/\\u00([2-7][0-9a-f])/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  const uuids = plain.match(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi) ?? [];
  return [...new Set(uuids.map((one) => one.toLowerCase()))];
}

/** Whom a record goes with when one of them is erased: whose event it is, or anybody that is in a set-aside one. */
function ownersOf(event: Event): readonly string[] {
  if (event.own && event.name !== 'backlog.item.triaged') return [];
  if (event.topic === 'jimo.quarantine' || event.topic === 'jimo.unrecognized') return uuidsIn(event.text);
  const jimer = objectIn(event, 'jimer');
  return jimer === undefined ? [] : [uuid(jimer['uid'])];
}

/** Who is erased, as the log tells it. */
export class Erasures {
  private readonly tables = new Map(Object.keys(READS).map((name) => [name, new Keyed<number | null>()]));
  private readonly persons = new Set<string>();

  add(event: Event): void {
    const jimerUid = uuid(objectIn(event, 'jimer')?.['uid']);
    this.persons.add(`${event.workspace} ${jimerUid}`);
    for (const [name, table] of this.tables)
      if (READS[name]!.includes(event.topic))
        table.update([event.workspace, jimerUid], (known) => earliest(known ?? null, event.time));
  }

  has(workspace: string, jimerUid: string): boolean {
    return this.persons.has(`${workspace} ${jimerUid}`);
  }

  /** Whether nothing of the event may be left. */
  take(event: Event): boolean {
    return ownersOf(event).some((uid) => this.has(event.workspace, uid));
  }

  views(): Record<string, Expected> {
    return Object.fromEntries(
      [...this.tables].map(([name, table]) => [
        `${name}_erased`,
        table.view(['workspace', 'jimerUid'], null, (erasedAt) => ({ erasedAt })),
      ]),
    );
  }
}
