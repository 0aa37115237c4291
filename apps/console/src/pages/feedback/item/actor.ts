import { useSyncExternalStore } from 'react';

/** The name that the history shows for this person's changes; a token identifies only its scope. Kept on this device. */
const KEY = 'jimo-webhooks-actor';
const listeners = new Set<() => void>();

export const actorName = (): string | null => localStorage.getItem(KEY)?.trim() || null;

export function setActorName(name: string): void {
  if (name === '') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, name);
  for (const listener of listeners) listener();
}

/** The name exactly as typed. */
export const useActorName = (): string =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => localStorage.getItem(KEY) ?? '',
  );
