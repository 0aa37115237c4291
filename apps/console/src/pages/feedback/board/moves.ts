import type { Api } from '../../../session/session';
import type { QueryClient } from '@tanstack/react-query';
import { STATUS_LABELS, type FeedbackStatus } from '../../../shared/feedback-status';
import { explain } from '../../../shared/states';
import { actorName } from '../item/actor';
import type { Known } from './placed';
import { hasAll, readCurrent, send } from '../queries';
import { titleOf } from '../../../shared/request-text';
import { keyOf, whoMade, type Feedback, type FeedbackItem } from '../triage';
import { notify } from '../notify';

const UNDO_MS = 8_000;

/** Moves between columns: optimistic, and reverted when the API refuses them. */
export class Moves {
  private known: ReadonlyMap<string, Known> = new Map();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly api: Api,
    private readonly queries: QueryClient,
    /** Announces it to screen readers. */
    private readonly announce: (text: string) => void,
    /** Called after a move was stored, to reload the board. */
    private readonly stored: () => void,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly get = (): ReadonlyMap<string, Known> => this.known;

  /** Records an item that a response contained. */
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
        return notify({
          about: key,
          title: 'Not moved',
          text: `“${title}” is back in its column. ${explain(sent.error)}`,
        });
      case 'unanswered':
        this.put(key, null);
        return notify({
          about: key,
          title: 'No response',
          text: `“${title}” may or may not have been moved to ${STATUS_LABELS[to]}. ${explain(sent.error)}`,
          actions: { 'Try again': () => void this.lookAndMove(item, from, to) },
        });
    }
  }

  private moved(now: FeedbackItem, from: FeedbackStatus): void {
    const [key, title, place] = [keyOf(now), titleOf(now), STATUS_LABELS[now.status]];
    this.put(key, { item: now, from, sending: false });
    this.announce(`“${title}” is in ${place}.`);
    this.stored();
    notify({
      about: key,
      title: `Moved to ${place}`,
      text: `“${title}”`,
      closesAfterMs: UNDO_MS,
      actions: { Undo: () => this.move(now, from) },
    });
  }

  /** Another person changed the item first. */
  private async outdated(now: FeedbackItem, from: FeedbackStatus, to: FeedbackStatus): Promise<void> {
    if (hasAll(now, { status: to })) return this.moved(now, from);
    // They changed another field, so the move still applies.
    if (now.status === from) return this.attempt(now, from, to);
    this.learn(now);
    const other = now.history.findLast(({ changes }) => changes.status);
    const [title, there, wanted] = [titleOf(now), STATUS_LABELS[now.status], STATUS_LABELS[to]];
    notify({
      about: keyOf(now),
      title: 'Moved by someone else',
      text: `${other ? whoMade(other) : 'Someone'} moved it first: “${title}” is now in ${there}. Your move to ${wanted} was not saved.`,
      actions: { [`Move to ${wanted}`]: () => this.move(now, to) },
    });
  }

  /** Checks whether the move was stored before it is repeated. */
  private async lookAndMove(item: Feedback, from: FeedbackStatus, to: FeedbackStatus): Promise<void> {
    try {
      const now = await readCurrent(this.api, this.queries, item);
      if (now) return await this.outdated(now, from, to);
      notify({ about: keyOf(item), title: 'Not moved', text: `“${titleOf(item)}” no longer exists.` });
    } catch (error) {
      notify({
        about: keyOf(item),
        title: 'No response',
        text: explain(error),
        actions: { 'Try again': () => void this.lookAndMove(item, from, to) },
      });
    }
  }

  /** Reloads the known items among these, which others changed. */
  changed(uids: ReadonlySet<string>): void {
    for (const [key, { item, sending }] of this.known) {
      if (sending || !uids.has(item.uid)) continue;
      readCurrent(this.api, this.queries, item).then(
        (now) => {
          const entry = this.known.get(key);
          if (!entry || entry.sending) return;
          if (!now) this.put(key, null);
          else if (now.version > entry.item.version) this.learn(now);
        },
        // The lists show the change too, and the next change tries again.
        () => undefined,
      );
    }
  }

  /** Call when a reload of the board begins, and the result when it ends: the new counts include the moves made before. */
  reading(): () => void {
    const before = this.known;
    return () => {
      for (const [key, entry] of before)
        if (entry.from !== null && !entry.sending && this.known.get(key) === entry)
          this.put(key, { ...entry, from: null });
    };
  }

  /** Forgets the known items when the filters change, because they may not match the new ones. */
  forget(): void {
    this.known = new Map([...this.known].filter(([, { sending }]) => sending));
    this.notifyListeners();
  }

  private put(key: string, entry: Known | null): void {
    const next = new Map(this.known);
    if (entry) next.set(key, entry);
    else next.delete(key);
    this.known = next;
    this.notifyListeners();
  }

  private notifyListeners(): void {
    for (const listener of this.listeners) listener();
  }
}
