import { setTimeout as pause } from 'node:timers/promises';

import { type Answer, type Client, type List } from '../../support/http';
import { type AnsweredChange, pathOf, versionIn } from '../../support/triage';
import { Random } from '../random';

export interface TriagerOptions {
  /** With the scope triage, of all workspaces; it does not wait forever. */
  readonly client: Client;
  readonly seed: number;
}

interface Known {
  readonly workspace: string;
  readonly uid: string;
  readonly version: number;
}

interface Change {
  readonly actor: string;
  readonly status?: string;
  readonly tags?: readonly string[] | null;
  readonly assignee?: string | null;
  readonly note?: string;
  readonly mergedInto?: string | null;
}

/** Changes under way at once, at most, and how long each of the people thinks before the next. */
const PEOPLE = 3;
const THINKING_MS = [100, 900] as const;
/** Few enough that two people meet at one item. */
const ITEMS = 25;
/** An item tells its newest 100 changes: one that has so many versions is left alone. */
const MOST_VERSIONS = 90;
const STALE_RATE = 0.1;
const ANY_RATE = 0.1;
const MERGE_RATE = 0.15;
const STATUSES = ['new', 'under-review', 'planned', 'in-progress', 'done', 'declined'];

/** People who triage the backlog while everything around them fails. What is not answered, they forget. */
export class Triager {
  /** What must be in the histories for good. */
  readonly answered: AnsweredChange[] = [];
  /** By status. */
  readonly answers = new Map<string, number>();
  /** What the read API should not have said. */
  readonly surprises: string[] = [];
  private readonly random: Random;
  private readonly ending = new AbortController();
  private people: readonly Promise<void>[] = [];
  private readonly known = new Map<string, Known>();
  private readonly worn = new Set<string>();
  private changes = 0;

  constructor(private readonly options: TriagerOptions) {
    this.random = new Random(options.seed, 6);
  }

  start(): void {
    this.people = Array.from({ length: PEOPLE }, () => this.triage());
  }

  /** Begins nothing more, and is done when all that was begun is answered or given up. */
  async finish(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.people);
  }

  private async triage(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      await pause(this.random.between(...THINKING_MS), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      if (this.known.size < ITEMS) await this.look();
      if (this.known.size > 0) await this.change(this.random.pick([...this.known.values()]));
    }
  }

  /** Takes up more of the backlog. */
  private async look(): Promise<void> {
    const answer = await this.ask(() => this.options.client.get<List<Known>>('/v1/feedback?limit=200'));
    if (answer?.status !== 200) return;
    for (const { workspace, uid, version } of answer.body.items) {
      const path = pathOf({ workspace, uid });
      if (this.known.size < ITEMS && !this.worn.has(path) && !this.known.has(path))
        this.remember({ workspace, uid, version });
    }
  }

  private async change(item: Known): Promise<void> {
    const path = pathOf(item);
    const ifMatch = this.random.chance(ANY_RATE)
      ? '*'
      : `"${this.random.chance(STALE_RATE) ? Math.max(1, item.version - 1) : item.version}"`;
    const change = this.somethingElse(item);
    const answer = await this.ask(() => this.options.client.patch(path, ifMatch, change));
    if (answer === null || answer.status === 503) this.known.delete(path);
    else if (answer.status === 200) this.note(item, ifMatch, change, answer);
    else if (answer.status === 412) this.remember({ ...item, version: versionIn(answer) });
    // Whoever submitted it was erased.
    else if (answer.status === 404) this.known.delete(path);
    // The target is merged itself by now; a crash of the database may take back for a moment what was shown.
    else if (!(answer.status === 409 && change.mergedInto))
      this.surprise(`${answer.status} for ${JSON.stringify(change)} of ${path}: ${answer.text}`);
  }

  private somethingElse(item: Known): Change {
    const actor = `person ${++this.changes}`;
    const others = [...this.known.values()].filter(
      ({ workspace, uid }) => workspace === item.workspace && uid !== item.uid,
    );
    if (others.length > 0 && this.random.chance(MERGE_RATE))
      return { actor, mergedInto: this.random.chance(0.5) ? this.random.pick(others).uid : null };
    return this.random.pick<Change>([
      { actor, note: actor },
      { actor, note: actor, status: this.random.pick(STATUSES) },
      { actor, note: actor, tags: this.random.shuffled(['ux', 'a tag', '\u{1f389}', '\uffee']).slice(1) },
      { actor, status: this.random.pick(STATUSES), tags: null, assignee: this.random.pick(['Kim', null]) },
    ]);
  }

  private note(item: Known, ifMatch: string, { actor }: Change, { body, text }: Answer): void {
    const { version, position } = body as { readonly version: number; readonly position: string | null };
    const before = position === null ? version : version - 1;
    if (ifMatch !== '*' && ifMatch !== `"${before}"`)
      this.surprise(`200 for If-Match ${ifMatch}: ${text.slice(0, 300)}`);
    this.remember({ ...item, version });
    const { workspace, uid } = item;
    if (position !== null) this.answered.push({ workspace, uid, version, actor, position });
  }

  private remember(item: Known): void {
    const path = pathOf(item);
    if (item.version < MOST_VERSIONS) return void this.known.set(path, item);
    this.worn.add(path);
    this.known.delete(path);
  }

  /** null without an answer: whether a change was made is not known then. */
  private async ask<T>(request: () => Promise<Answer<T>>): Promise<Answer<T> | null> {
    const answer = await request().catch(() => null);
    const status = answer === null ? 'no answer' : String(answer.status);
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1);
    return answer;
  }

  private surprise(text: string): void {
    if (this.surprises.length < 20) this.surprises.push(text);
  }
}
