import { covering, matches, type Change, type ChangeFilter } from './change-filter';
import type { StreamMessage, StreamRequest } from './source';

export type Liveness = 'connecting' | 'live' | 'lost';

/** A message from a window, repeated as a heartbeat. Without filters, the window has no subscriptions. */
export interface Follow {
  readonly token: string;
  readonly filters: readonly ChangeFilter[];
  /** The last id that the window has received; null if it has just opened. */
  readonly lastId: string | null;
}

/** A message to a window. `changes` is null if some may have been missed, so that the window must read again. */
export interface News {
  readonly id: string | null;
  readonly liveness: Liveness;
  /** Whether the API did not respond at all. */
  readonly unreachable: boolean;
  readonly changes?: readonly Change[] | null;
}

/** The hub's end of the channel to one window (a `MessagePort`). */
export interface WindowPort {
  postMessage(news: News): void;
}

export interface HubParts {
  readonly streamUrl: string;
  readonly connect: (request: StreamRequest) => AsyncIterable<StreamMessage | 'open'>;
}

/** Changes within this time become one message, so that a burst causes one render. */
const GATHER_MS = 150;
/** Debounce: windows that open or change pages send several filters in a row. */
const SETTLE_MS = 20;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** The heartbeat interval of a visible window. A window that is silent for `GONE_MS` has crashed. */
export const SIGN_OF_LIFE_MS = 10_000;
const GONE_MS = 45_000;

interface Member {
  readonly filters: readonly ChangeFilter[];
  readonly heardAt: number;
  /** Changes may have happened between the window's last read and the stream, so it must read again once that is live. */
  readonly mayHaveMissed: boolean;
}

/**
 * One stream of the API for all windows of a browser, because a browser opens only six connections per host over HTTP/1.1.
 * It covers the subscriptions of all windows, forwards to each window its own, and exists while a window is visible. When
 * the query changes or the connection is lost, it resumes from the last id: no change is lost, but one may be sent twice.
 */
export class Hub {
  private readonly feeds = new Map<string, Feed>();

  constructor(private readonly parts: HubParts) {}

  follow(port: WindowPort, { token, filters, lastId }: Follow): void {
    for (const [other, feed] of this.feeds) if (other !== token) this.leave(port, other, feed);
    const feed = this.feeds.get(token) ?? new Feed(token, this.parts);
    this.feeds.set(token, feed);
    if (filters.length === 0) this.leave(port, token, feed);
    else feed.join(port, filters, lastId);
  }

  private leave(port: WindowPort, token: string, feed: Feed): void {
    feed.leave(port);
    // Keeping an unused feed would keep the token of a user who has signed out.
    if (feed.isUnused) this.feeds.delete(token);
  }
}

class Feed {
  private readonly members = new Map<WindowPort, Member>();
  /** The last id of the stream. */
  private lastId: string | null = null;
  /** The last id sent to the windows, which is behind `lastId` while changes are being gathered. */
  private sentId: string | null = null;
  private liveness: Liveness = 'connecting';
  private unreachable = false;
  private query: string | null = null;
  private current: AbortController | null = null;
  private wait = FIRST_WAIT_MS;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private gathered: Change[] = [];

  constructor(
    private readonly token: string,
    private readonly parts: HubParts,
  ) {}

  get isUnused(): boolean {
    return this.members.size === 0;
  }

  join(port: WindowPort, filters: readonly ChangeFilter[], lastId: string | null): void {
    // In a new hub, the first window that returns resumes at its last id.
    if (this.lastId === null) this.lastId = this.sentId = lastId;
    const known = this.members.get(port);
    const mayHaveMissed = known ? known.mayHaveMissed : lastId === null || lastId !== this.sentId;
    this.members.set(port, { filters, heardAt: Date.now(), mayHaveMissed });
    this.notify(port);
    this.settle();
  }

  leave(port: WindowPort): void {
    if (this.members.delete(port)) this.settle();
  }

  /** Sends the liveness, and once the stream is live, whether the window must read again. */
  private notify(port: WindowPort): void {
    const member = this.members.get(port);
    const readAgain = this.liveness === 'live' && member?.mayHaveMissed === true;
    port.postMessage({ ...this.news(), ...(readAgain && { changes: null }) });
    if (member && readAgain) this.members.set(port, { ...member, mayHaveMissed: false });
  }

  private news(): News {
    const { sentId: id, liveness, unreachable } = this;
    return { id, liveness, unreachable };
  }

  private settle(): void {
    this.settling ??= setTimeout(() => {
      this.settling = undefined;
      const now = Date.now();
      for (const [port, { heardAt }] of this.members) if (now - heardAt > GONE_MS) this.members.delete(port);
      const filters = [...this.members.values()].flatMap((member) => member.filters);
      const query = filters.length === 0 ? null : covering(filters);
      if (query === this.query) return;
      this.query = query;
      this.stop();
      if (query !== null) void this.listen(query);
    }, SETTLE_MS);
  }

  private stop(): void {
    clearTimeout(this.retry);
    const { current } = this;
    this.current = null;
    current?.abort();
  }

  private async listen(query: string): Promise<void> {
    const controller = new AbortController();
    this.current = controller;
    const { token, lastId, parts } = this;
    let unreachable = false;
    try {
      const url = `${parts.streamUrl}?${query}`;
      for await (const message of parts.connect({ url, token, lastId, signal: controller.signal })) {
        if (this.current !== controller) return;
        this.take(message);
      }
    } catch (error) {
      unreachable = error instanceof TypeError;
    }
    if (this.current !== controller) return;
    this.notifyAll('lost', unreachable);
    this.retry = setTimeout(() => void this.listen(query), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  private take(message: StreamMessage | 'open'): void {
    if (message === 'open') {
      this.wait = FIRST_WAIT_MS;
      return this.notifyAll('live', false);
    }
    const { id, event, data } = message;
    if (event === 'change') this.gather(JSON.parse(data) as Change);
    if (id !== undefined) this.lastId = id;
    if (this.gathered.length === 0) {
      const isFirst = this.sentId === null && this.lastId !== null;
      this.sentId = this.lastId;
      // With an id, a window can resume in another hub.
      if (isFirst) this.notifyAll('live', false);
    }
    if (event === 'reset')
      for (const port of this.members.keys()) port.postMessage({ ...this.news(), changes: null });
  }

  private gather(change: Change): void {
    this.gathered.push(change);
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      const gathered = this.gathered;
      this.gathered = [];
      this.sentId = this.lastId;
      for (const [port, { filters }] of this.members) {
        const changes = gathered.filter((each) => filters.some((filter) => matches(filter, each)));
        if (changes.length > 0) port.postMessage({ ...this.news(), changes });
      }
    }, GATHER_MS);
  }

  private notifyAll(liveness: Liveness, unreachable: boolean): void {
    this.liveness = liveness;
    this.unreachable = unreachable;
    for (const port of [...this.members.keys()]) this.notify(port);
  }
}
