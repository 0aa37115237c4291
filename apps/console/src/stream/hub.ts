import { covering, matches, type Change, type ChangeFilter } from './change-filter';
import type { StreamMessage, StreamRequest } from './source';

export type Liveness = 'connecting' | 'live' | 'lost';

/** From a window. It is repeated as a sign of life; without filters the window wants nothing for now. */
export interface Follow {
  readonly token: string;
  readonly filters: readonly ChangeFilter[];
  /** The id up to which the window knows what happened; null when it has only begun. */
  readonly lastId: string | null;
}

/** To a window. `changes` is null when some may have been missed: what is shown has to be read again. */
export interface News {
  readonly id: string | null;
  readonly liveness: Liveness;
  /** Nothing answers, as far as the browser can tell. */
  readonly unreachable: boolean;
  readonly changes?: readonly Change[] | null;
}

/** The end of a channel to one window (a `MessagePort`). */
export interface WindowPort {
  postMessage(news: News): void;
}

export interface HubParts {
  readonly streamUrl: string;
  readonly connect: (request: StreamRequest) => AsyncIterable<StreamMessage | 'open'>;
}

/** Changes that arrive within this time are one message: a burst of them is one rendering. */
const GATHER_MS = 150;
/** Windows that open or change pages ask for filters one after the other. */
const SETTLE_MS = 20;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** A visible window gives a sign of life every `SIGN_OF_LIFE_MS`: one that is silent for longer has crashed. */
export const SIGN_OF_LIFE_MS = 10_000;
const GONE_MS = 45_000;

interface Member {
  readonly filters: readonly ChangeFilter[];
  readonly heardAt: number;
  /** Something may have changed between what the window has read and the stream: it reads again once the stream is live. */
  readonly mayHaveMissed: boolean;
}

/**
 * One stream of the API for all windows of a browser, as a browser has only six connections to a host over HTTP/1.1. It
 * asks for what any window wants, gives each window what it wants, and exists while there is a window in sight. When it
 * has to ask for something else, or loses the connection, it resumes from the last id, so no change is lost; a change may
 * be given twice.
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
    // A feed that is kept for later would keep the token of somebody who has signed out.
    if (feed.isUnused) this.feeds.delete(token);
  }
}

class Feed {
  private readonly members = new Map<WindowPort, Member>();
  /** Where the stream is. */
  private lastId: string | null = null;
  /** Where the windows are: behind it by what is still gathered. */
  private toldId: string | null = null;
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
    // The first window that comes back, to a hub that has just begun, resumes where it was.
    if (this.lastId === null) this.lastId = this.toldId = lastId;
    const known = this.members.get(port);
    const mayHaveMissed = known ? known.mayHaveMissed : lastId === null || lastId !== this.toldId;
    this.members.set(port, { filters, heardAt: Date.now(), mayHaveMissed });
    this.tell(port);
    this.settle();
  }

  leave(port: WindowPort): void {
    if (this.members.delete(port)) this.settle();
  }

  /** How the stream is; once it is live, also whether the window has to read again. */
  private tell(port: WindowPort): void {
    const member = this.members.get(port);
    const readAgain = this.liveness === 'live' && member?.mayHaveMissed === true;
    port.postMessage({ ...this.news(), ...(readAgain && { changes: null }) });
    if (member && readAgain) this.members.set(port, { ...member, mayHaveMissed: false });
  }

  private news(): News {
    const { toldId: id, liveness, unreachable } = this;
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
    this.tellAll('lost', unreachable);
    this.retry = setTimeout(() => void this.listen(query), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  private take(message: StreamMessage | 'open'): void {
    if (message === 'open') {
      this.wait = FIRST_WAIT_MS;
      return this.tellAll('live', false);
    }
    const { id, event, data } = message;
    if (event === 'change') this.gather(JSON.parse(data) as Change);
    if (id !== undefined) this.lastId = id;
    if (this.gathered.length === 0) {
      const isFirst = this.toldId === null && this.lastId !== null;
      this.toldId = this.lastId;
      // From now on a window can resume in another hub.
      if (isFirst) this.tellAll('live', false);
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
      this.toldId = this.lastId;
      for (const [port, { filters }] of this.members) {
        const changes = gathered.filter((each) => filters.some((filter) => matches(filter, each)));
        if (changes.length > 0) port.postMessage({ ...this.news(), changes });
      }
    }, GATHER_MS);
  }

  private tellAll(liveness: Liveness, unreachable: boolean): void {
    this.liveness = liveness;
    this.unreachable = unreachable;
    for (const port of [...this.members.keys()]) this.tell(port);
  }
}
