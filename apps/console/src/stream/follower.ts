import { connectionLost } from '../api/connection';
import { below } from '../api/root';
import { matches, type Change, type ChangeFilter } from './change-filter';
import { Hub, SIGN_OF_LIFE_MS, type Follow, type Liveness, type News } from './hub';
import { messagesOf } from './source';

export interface Subscriber {
  readonly token: string;
  readonly filter: ChangeFilter;
  readonly notify: (changes: readonly Change[] | null) => void;
  readonly show: (liveness: Liveness) => void;
}

/** A hub answers every heartbeat at once. A silent hub has died, for example with the window that started it. */
const DEAD_MS = 2.5 * SIGN_OF_LIFE_MS;

const subscribers = new Set<Subscriber>();
let port: MessagePort | null = null;
let lastId: string | null = null;
let heardAt = 0;
let asking: ReturnType<typeof setTimeout> | undefined;
let beating: ReturnType<typeof setInterval> | undefined;

/** Subscribes this window, while it is visible, to the stream that all windows share. Returns the unsubscribe function. */
export function follow(subscriber: Subscriber): () => void {
  subscribers.add(subscriber);
  askSoon();
  return () => {
    subscribers.delete(subscriber);
    askSoon();
  };
}

/** Debounces: a page that opens or closes changes several subscriptions at once. */
function askSoon(): void {
  asking ??= setTimeout(() => {
    asking = undefined;
    ask();
  });
}

function ask(): void {
  const isVisible = document.visibilityState === 'visible';
  const wanted = isVisible ? [...subscribers] : [];
  if (wanted.length === 0 && port === null) return;
  port ??= open();
  const [first] = [...subscribers];
  const follow: Follow = {
    token: first?.token ?? '',
    filters: wanted.map(({ filter }) => filter),
    lastId,
  };
  port.postMessage(follow);
  clearInterval(beating);
  if (wanted.length > 0) beating = setInterval(beat, SIGN_OF_LIFE_MS);
}

function beat(): void {
  if (Date.now() - heardAt > DEAD_MS) {
    port?.close();
    port = null;
  }
  ask();
}

function open(): MessagePort {
  heardAt = Date.now();
  const opened = openShared() ?? openOwn();
  opened.addEventListener('message', ({ data }: MessageEvent<News>) => {
    if (port === opened) hear(data);
  });
  opened.start();
  return opened;
}

function openShared(): MessagePort | null {
  // Missing in Chrome on Android, for example.
  if (typeof SharedWorker === 'undefined') return null;
  const worker = new SharedWorker(new URL('./hub.worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('error', () => {
    if (port !== worker.port) return;
    port = openOwn();
    ask();
  });
  return worker.port;
}

/** Starts a hub for this window alone. */
function openOwn(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  const hub = new Hub({ streamUrl: below('v1/stream'), connect: messagesOf });
  port2.addEventListener('message', ({ data }: MessageEvent<Follow>) => hub.follow(port2, data));
  port2.start();
  return port1;
}

function hear({ id, liveness, unreachable, changes }: News): void {
  heardAt = Date.now();
  lastId = id ?? lastId;
  if (unreachable) connectionLost();
  for (const { filter, notify, show } of [...subscribers]) {
    show(liveness);
    if (changes === undefined) continue;
    const own = changes && changes.filter((change) => matches(filter, change));
    if (own === null || own.length > 0) notify(own);
  }
}

document.addEventListener('visibilitychange', ask);
window.addEventListener('pagehide', () =>
  port?.postMessage({ token: '', filters: [], lastId } satisfies Follow),
);
