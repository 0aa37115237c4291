import type { Api } from '../../../session/session';
import type { QueryClient } from '@tanstack/react-query';
import { STATUS_LABELS, type FeedbackStatus } from '../../../shared/feedback-status';
import { explain } from '../../../shared/states';
import { actorName } from '../item/actor';
import type { Known } from './placed';
import { hasAll, readAnew, send } from '../queries';
import { titleOf } from '../../../shared/request-text';
import { keyOf, whoMade, type Feedback, type FeedbackItem } from '../standing';
import { tell } from '../tell';

const UNDO_MS = 8_000;

/** Moves over the board: shown at once, taken back when they are refused. */
export class Moves {
  private known: ReadonlyMap<string, Known> = new Map();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly api: Api,
    private readonly queries: QueryClient,
    /** Says it to who cannot see the board. */
    private readonly announce: (text: string) => void,
    /** Something was stored: read the board. */
    private readonly stored: () => void,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly get = (): ReadonlyMap<string, Known> => this.known;

  /** An answer told of an item. */
  learn(item: Feedback): void {
    this.put(keyOf(item), { item, from: null, sending: false });
  }

  move(item: Feedback, to: FeedbackStatus): void {
    if (this.known.get(keyOf(item))?.sending || item.status === to) return;
    void this.attempt(item, item.status, to);
  }

  private async attempt(item: Feedback, from: FeedbackStatus, to: FeedbackStatus): Promise<void> {
    const key = keyOf(item);
    const title = titleOf(item);
    this.put(key, { item: { ...item, status: to }, from, sending: true });
    const sent = await send(this.api, this.queries, item, { status: to }, actorName());
    switch (sent.is) {
      case 'stored':
        return this.moved(sent.item, from);
      case 'outdated':
        return this.outdated(sent.item, from, to);
      case 'refused':
        this.put(key, null);
        return tell({
          about: key,
          title: 'Not moved',
          text: `“${title}” is where it was. ${explain(sent.error)}`,
        });
      case 'unanswered':
        this.put(key, null);
        return tell({
          about: key,
          title: 'No answer',
          text: `It is not known whether “${title}” was moved to ${STATUS_LABELS[to]}. ${explain(sent.error)}`,
          actions: { 'Try again': () => void this.lookAndMove(item, from, to) },
        });
    }
  }

  private moved(now: FeedbackItem, from: FeedbackStatus): void {
    const [key, title, place] = [keyOf(now), titleOf(now), STATUS_LABELS[now.status]];
    this.put(key, { item: now, from, sending: false });
    this.announce(`“${title}” is in ${place}.`);
    this.stored();
    tell({
      about: key,
      title: `Moved to ${place}`,
      text: `“${title}”`,
      closesAfterMs: UNDO_MS,
      actions: { Undo: () => this.move(now, from) },
    });
  }

  /** Another was faster. */
  private async outdated(now: FeedbackItem, from: FeedbackStatus, to: FeedbackStatus): Promise<void> {
    if (hasAll(now, { status: to })) return this.moved(now, from);
    // They changed something else of it: the move is still what was meant.
    if (now.status === from) return this.attempt(now, from, to);
    this.learn(now);
    const other = now.history.findLast(({ changes }) => changes.status);
    const [title, there, wanted] = [titleOf(now), STATUS_LABELS[now.status], STATUS_LABELS[to]];
    tell({
      about: keyOf(now),
      title: 'Moved by another meanwhile',
      text: `${other ? whoMade(other) : 'Somebody'} was faster: “${title}” is in ${there} now. Your move to ${wanted} was not made.`,
      actions: { [`Move to ${wanted}`]: () => this.move(now, to) },
    });
  }

  /** The move may have been stored: look first. */
  private async lookAndMove(item: Feedback, from: FeedbackStatus, to: FeedbackStatus): Promise<void> {
    try {
      const now = await readAnew(this.api, this.queries, item);
      if (now) return await this.outdated(now, from, to);
      tell({ about: keyOf(item), title: 'Not moved', text: `“${titleOf(item)}” does not exist any more.` });
    } catch (error) {
      tell({
        about: keyOf(item),
        title: 'No answer',
        text: explain(error),
        actions: { 'Try again': () => void this.lookAndMove(item, from, to) },
      });
    }
  }

  /** Others changed these: what is known of them is asked for again. */
  changed(uids: ReadonlySet<string>): void {
    for (const [key, { item, sending }] of this.known) {
      if (sending || !uids.has(item.uid)) continue;
      readAnew(this.api, this.queries, item).then(
        (now) => {
          const entry = this.known.get(key);
          if (!entry || entry.sending) return;
          if (!now) this.put(key, null);
          else if (now.version > entry.item.version) this.learn(now);
        },
        // The lists tell as well, and the next change asks again.
        () => undefined,
      );
    }
  }

  /** The board is being read; what is given is called when it has been: its counts have the moves of before. */
  reading(): () => void {
    const before = this.known;
    return () => {
      for (const [key, entry] of before)
        if (entry.from !== null && !entry.sending && this.known.get(key) === entry)
          this.put(key, { ...entry, from: null });
    };
  }

  /** Other filters: what was known may not be among what they let through. */
  forget(): void {
    this.known = new Map([...this.known].filter(([, { sending }]) => sending));
    this.tellListeners();
  }

  private put(key: string, entry: Known | null): void {
    const next = new Map(this.known);
    if (entry) next.set(key, entry);
    else next.delete(key);
    this.known = next;
    this.tellListeners();
  }

  private tellListeners(): void {
    for (const listener of this.listeners) listener();
  }
}
