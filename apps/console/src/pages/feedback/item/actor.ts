import { useSyncExternalStore } from 'react';

/** Who makes the changes, as the history will say: a token tells only what it may do. Kept on this device. */
const KEY = 'jimo-webhooks-actor';
const listeners = new Set<() => void>();

export const actorName = (): string | null => localStorage.getItem(KEY)?.trim() || null;

export function setActorName(name: string): void {
  if (name === '') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, name);
  for (const listener of listeners) listener();
}

/** As it was typed. */
export const useActorName = (): string =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => localStorage.getItem(KEY) ?? '',
  );
