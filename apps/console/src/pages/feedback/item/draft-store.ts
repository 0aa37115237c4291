import { useSyncExternalStore } from 'react';
import { ownName } from '../../../api/root';
import type { Draft } from './draft';
import { keyOf } from '../triage';

/** A draft with the title and uid of its item, which may not be loaded. */
export interface KeptDraft {
  readonly draft: Draft;
  readonly workspace: string;
  readonly uid: string;
  readonly title: string;
}

/** Drafts survive closing the panel, a reload and a lost connection: the tab keeps them until they are sent. */
const PREFIX = `${ownName('jimo-webhooks-draft')}:`;

let drafts: ReadonlyMap<string, KeptDraft> = stored();
const listeners = new Set<() => void>();

function stored(): ReadonlyMap<string, KeptDraft> {
  const found = new Map<string, KeptDraft>();
  for (const name of Object.keys(sessionStorage)) {
    if (!name.startsWith(PREFIX)) continue;
    try {
      found.set(name.slice(PREFIX.length), JSON.parse(sessionStorage.getItem(name)!) as KeptDraft);
    } catch {
      sessionStorage.removeItem(name);
    }
  }
  return found;
}

export function keepDraft(
  item: { readonly workspace: string; readonly uid: string; readonly title: string },
  draft: Draft | null,
): void {
  const key = keyOf(item);
  const next = new Map(drafts);
  if (draft) next.set(key, { workspace: item.workspace, uid: item.uid, title: item.title, draft });
  else next.delete(key);
  drafts = next;
  try {
    if (draft) sessionStorage.setItem(PREFIX + key, JSON.stringify(next.get(key)));
    else sessionStorage.removeItem(PREFIX + key);
  } catch {
    // The storage is full; the draft is still in memory.
  }
  for (const listener of listeners) listener();
}

export const draftOf = (key: string): Draft | null => drafts.get(key)?.draft ?? null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useDrafts = (): ReadonlyMap<string, KeptDraft> => useSyncExternalStore(subscribe, () => drafts);

export const useDraft = (key: string): Draft | null => useSyncExternalStore(subscribe, () => draftOf(key));
