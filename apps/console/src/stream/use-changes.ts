import type { components } from '@app/client';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { useEffect, useEffectEvent, useState } from 'react';
import { connectionLost } from '../api/connection';
import { useSession } from '../session/session';

export type Change = components['schemas']['ChangeDto'];

export interface ChangeFilter {
  readonly kind?: Change['kind'];
  readonly jimerUid?: string;
  readonly experienceUid?: string;
  readonly workspace?: string;
}

export type Liveness = 'connecting' | 'live' | 'lost';

/** What came within this time is told at once: a burst of changes is one rendering. */
const GATHER_MS = 150;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** The server sends something every 15 s: what is silent for longer is dead, whatever the network says. */
const SILENCE_MS = 40_000;

/**
 * Follows the API's stream while the page is visible (a browser has few connections to one host, and a hidden tab needs
 * none), and comes back where it was. What is told may be told again.
 *
 * @param onChanges `null` when changes may have been missed: read anew what is shown
 */
export function useChanges(
  filter: ChangeFilter,
  onChanges: (changes: readonly Change[] | null) => void,
): Liveness {
  const { token } = useSession();
  const [liveness, setLiveness] = useState<Liveness>('connecting');
  const tell = useEffectEvent(onChanges);
  const query = new URLSearchParams(
    Object.entries(filter).filter(([, value]) => value !== undefined),
  ).toString();

  useEffect(() => {
    let lastId: string | null = null;
    let current: AbortController | null = null;
    let wait = FIRST_WAIT_MS;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;

    let gathered: Change[] = [];
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const gather = (change: Change): void => {
      gathered.push(change);
      gathering ??= setTimeout(() => {
        gathering = undefined;
        const changes = gathered;
        gathered = [];
        tell(changes);
      }, GATHER_MS);
    };

    const listen = async (): Promise<void> => {
      const controller = new AbortController();
      current = controller;
      let silence: ReturnType<typeof setTimeout> | undefined;
      const heard = (): void => {
        clearTimeout(silence);
        silence = setTimeout(() => controller.abort(new Error('silent')), SILENCE_MS);
      };
      heard();
      try {
        const response = await fetch(`/v1/stream?${query}`, {
          headers: { authorization: `Bearer ${token}`, ...(lastId !== null && { 'last-event-id': lastId }) },
          signal: controller.signal,
          cache: 'no-store',
        });
        if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`);
        setLiveness('live');
        wait = FIRST_WAIT_MS;
        const bytes = response.body.pipeThrough(
          new TransformStream<Uint8Array, Uint8Array>({
            transform(chunk, out) {
              heard();
              out.enqueue(chunk);
            },
          }),
        );
        const messages = bytes
          .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
          .pipeThrough(new EventSourceParserStream());
        const reader = messages.getReader();
        for (let read = await reader.read(); !read.done; read = await reader.read()) {
          const { id, event, data } = read.value;
          if (id !== undefined) lastId = id;
          if (event === 'reset') tell(null);
          if (event === 'change') gather(JSON.parse(data) as Change);
        }
      } catch (error) {
        if (error instanceof TypeError && !over && current === controller) connectionLost();
      } finally {
        clearTimeout(silence);
      }
      if (over || current !== controller) return;
      setLiveness('lost');
      timer = setTimeout(() => void listen(), wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };

    const stop = (): void => {
      clearTimeout(timer);
      const controller = current;
      current = null;
      controller?.abort();
    };
    const follow = (): void => {
      stop();
      if (document.visibilityState === 'visible') void listen();
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', follow);
      clearTimeout(gathering);
      stop();
    };
  }, [query, token]);
  return liveness;
}
