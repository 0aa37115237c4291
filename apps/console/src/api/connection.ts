import { useSyncExternalStore } from 'react';
import { queryClient } from './query-client';
import { below } from './root';

/** When the API stopped responding; null while it responds. */
let lostSince: Date | null = null;
const listeners = new Set<() => void>();
let probing: ReturnType<typeof setTimeout> | undefined;

const FIRST_PROBE_MS = 1_000;
const SLOWEST_PROBE_MS = 10_000;

function setLost(next: Date | null): void {
  lostSince = next;
  for (const listener of listeners) listener();
}

/** Call when the API does not respond. Probes until it does, then reloads all data. */
export function connectionLost(): void {
  if (lostSince) return;
  setLost(new Date());
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

// The browser reports reliably that it is offline, but not that it is online.
window.addEventListener('offline', connectionLost);

function connectionFound(): void {
  if (!lostSince) return;
  clearTimeout(probing);
  setLost(null);
  void queryClient.invalidateQueries();
}

/** `fetch` that records whether the API responds. */
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

/** When the API stopped responding; null while it responds. */
export function useConnectionLost(): Date | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => lostSince,
  );
}
