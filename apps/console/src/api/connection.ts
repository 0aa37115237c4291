import { useSyncExternalStore } from 'react';
import { queryClient } from './query-client';
import { below } from './root';

/** Since when nothing has answered, or null. */
let lostSince: Date | null = null;
const listeners = new Set<() => void>();
let probing: ReturnType<typeof setTimeout> | undefined;

const FIRST_PROBE_MS = 1_000;
const SLOWEST_PROBE_MS = 10_000;

function tell(next: Date | null): void {
  lostSince = next;
  for (const listener of listeners) listener();
}

/** The API does not answer: asks until it does, and then everything that is shown is read anew. */
export function connectionLost(): void {
  if (lostSince) return;
  tell(new Date());
  const probe = (wait: number): void => {
    probing = setTimeout(() => {
      fetch(below('health/live'), { cache: 'no-store' }).then(
        (answer) => (answer.ok ? connectionFound() : probe(Math.min(wait * 2, SLOWEST_PROBE_MS))),
        () => probe(Math.min(wait * 2, SLOWEST_PROBE_MS)),
      );
    }, wait);
  };
  probe(FIRST_PROBE_MS);
}

// The browser knows at once that there is no network, but not whether there is one.
window.addEventListener('offline', connectionLost);

function connectionFound(): void {
  if (!lostSince) return;
  clearTimeout(probing);
  tell(null);
  void queryClient.invalidateQueries();
}

/** `fetch` that notes whether the API can be reached. */
export async function connectedFetch(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    connectionFound();
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    connectionLost();
    throw new Error('The read API does not answer.', { cause: error });
  }
}

/** Since when the API has not answered; null while it does. */
export function useConnectionLost(): Date | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => lostSince,
  );
}
