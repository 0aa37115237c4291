import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useSession } from '../../../session/session';
import { actorName } from './actor';
import {
  acknowledge,
  changeOf,
  choose,
  conflicts,
  edit,
  settle,
  unsent,
  type Choice,
  type Draft,
} from './draft';
import { draftOf, keepDraft, useDraft } from './draft-store';
import { hasAll, readCurrent, send, type Sent } from '../queries';
import { titleOf } from '../../../shared/request-text';
import { keyOf, type FeedbackChange, type FeedbackItem, type Field, type Triage } from '../triage';
import { notify } from '../notify';

export type Outcome =
  | { readonly is: 'none' }
  | { readonly is: 'sending' }
  | { readonly is: 'stored' }
  /** Another person saved first; the draft is kept. */
  | { readonly is: 'outdated' }
  | Extract<Sent, { readonly is: 'refused' | 'unanswered' }>;

export interface ItemForm {
  readonly item: FeedbackItem;
  readonly draft: Draft | null;
  readonly unsent: readonly Field[];
  readonly conflicts: readonly Field[];
  /** Others' changes since the item was opened, or since the draft began. */
  readonly byOthers: readonly FeedbackChange[];
  readonly outcome: Outcome;
  readonly edit: <F extends Field>(field: F, value: Triage[F]) => void;
  readonly choose: (field: Field, choice: Choice) => void;
  readonly acknowledge: () => void;
  readonly discard: () => void;
  readonly send: () => void;
  /** Retries after a missing response, and first checks whether the change was stored. */
  readonly sendAgain: () => void;
}

/** Editing an item. The draft is separate from the item, which others may change meanwhile. */
export function useItemForm(item: FeedbackItem, stored: (item: FeedbackItem) => void): ItemForm {
  const { api } = useSession();
  const queries = useQueryClient();
  const key = keyOf(item);
  const kept = useDraft(key);
  const left = unsent(kept, item);
  const draft = left.length > 0 ? kept : null;
  const [seen, setSeen] = useState(item.version);
  const [outcome, setOutcome] = useState<Outcome>({ is: 'none' });

  const named = { uid: item.uid, workspace: item.workspace, title: titleOf(item) };
  const keep = (next: Draft | null): void => keepDraft(named, next);
  // The item already has the draft's values: another person set them, or the response to our own change was lost.
  const overtaken = kept !== null && left.length === 0;
  useEffect(() => {
    if (overtaken) keepDraft({ uid: item.uid, workspace: item.workspace, title: '' }, null);
  }, [overtaken, item.uid, item.workspace]);

  const withUndo = (title: string, next: Draft | null): void => {
    const before = draftOf(key);
    keep(next);
    notify({
      about: `draft ${key}`,
      title,
      text: 'You can still undo this.',
      closesAfterMs: 15_000,
      actions: { Undo: () => keep(before) },
    });
  };

  const done = (now: FeedbackItem, sent: Partial<Triage>): void => {
    const current = draftOf(key);
    if (current) keep(settle(current, sent, now));
    setSeen(now.version);
    setOutcome({ is: 'stored' });
    stored(now);
  };
  const attempt = async (based: FeedbackItem): Promise<void> => {
    const current = draftOf(key);
    const change = changeOf(current, based);
    setOutcome({ is: 'sending' });
    const sent = await send(api, queries, based, change, actorName());
    switch (sent.is) {
      case 'stored':
        return done(sent.item, change);
      case 'outdated':
        stored(sent.item);
        return hasAll(sent.item, change) ? done(sent.item, change) : setOutcome({ is: 'outdated' });
      case 'refused':
      case 'unanswered':
        return setOutcome(sent);
    }
  };
  const lookAndSend = async (): Promise<void> => {
    setOutcome({ is: 'sending' });
    try {
      const now = await readCurrent(api, queries, item);
      if (!now) throw new Error('This request no longer exists. You can still copy your text.');
      const current = draftOf(key);
      if (unsent(current, now).length === 0) return done(now, changeOf(current, now));
      if (now.version === item.version) return await attempt(now);
      stored(now);
      if (conflicts(current, now).length > 0) return setOutcome({ is: 'outdated' });
      await attempt(now);
    } catch (error) {
      setOutcome({ is: 'unanswered', error });
    }
  };

  const since = draft?.base.version ?? seen;
  return {
    item,
    draft,
    unsent: left,
    conflicts: conflicts(draft, item),
    byOthers: item.history.filter(({ version }) => version > since),
    outcome,
    edit(field, value) {
      if (outcome.is === 'stored') setOutcome({ is: 'none' });
      keep(edit(draftOf(key), item, field, value));
    },
    choose(field, choice) {
      if (!draft) return;
      const next = choose(draft, item, field, choice);
      if (choice === 'theirs') withUndo('Their version was kept', next);
      else keep(next);
    },
    acknowledge() {
      setSeen(item.version);
      if (draft) keep(acknowledge(draft, item));
    },
    discard() {
      withUndo('Changes discarded', null);
      setSeen(item.version);
      setOutcome({ is: 'none' });
    },
    send: () => void attempt(item),
    sendAgain: () => void lookAndSend(),
  };
}
