import type { ServerResponse } from 'node:http';
import { randomInt } from 'node:crypto';
import type { LogReader } from '@app/engine';
import { badParameter, unavailable, type Logger } from '@app/platform';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { ValidToken } from '../access/access';
import type { LogTail } from '../common/log-tail/log-tail';
import { readVector, writeVector, type ReadVector, type Vector } from '../common/parameters/offset-vector';
import { Permits, type ShareLimits } from '../common/shares/shares';
import { CatchUp } from './catch-up';
import { frameOf, type Change, type ChangeFilter } from './change';
import type { ErasedJimer } from './erased';
import type { Shown } from './shown';
import { StreamClient, type CloseReason } from './stream-client';
import type { StreamMetrics } from './stream.metrics';
import { Subscriptions } from './subscriptions';
import { Tail } from './tail';

export interface FeedParts {
  readonly log: LogReader;
  readonly tail: Pick<LogTail, 'follow'>;
  readonly shown: () => Promise<readonly Shown[]>;
  readonly erased: () => Promise<readonly ErasedJimer[]>;
  readonly metrics: StreamMetrics;
  readonly logger: Logger;
  readonly limits: FeedLimits;
  /** Of the answer, beside the stream's own. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface FeedLimits {
  /** Clients at once. */
  readonly clients: ShareLimits;
  /** Changes in memory for those who come back. */
  readonly held: number;
  /** Records of the log that are read again for one who comes back. */
  readonly replayed: number;
  readonly heartbeatMs: number;
  /** How long the log is followed after the last client has gone. */
  readonly lingerMs: number;
}

const RETRY_SECONDS = 2;
const REPLAYS_AT_ONCE = 4;
/** Clients of a server that starts again do not all come at once. */
const RECONNECT_MS = { from: 500, to: 3_000 };

const HEAD = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Proxies that compress would hold an event back until there is enough to compress.
  'cache-control': 'no-store, no-transform',
  // nginx would keep changes until it has a bufferful.
  'x-accel-buffering': 'no',
};

/** A comment that fills the first buffer of proxies that keep a stream until they have so much of it. */
const PADDING = `:${' '.repeat(2_048)}\n`;

/** Changes of the read models, as they can be read, for as many clients as there are: the log is followed once. */
export class ChangeFeed implements BeforeApplicationShutdown {
  private readonly clients = new Set<StreamClient>();
  private readonly live = new Subscriptions();
  private readonly catchUp: CatchUp;
  private tail: Promise<Tail> | null = null;
  private heartbeat: NodeJS.Timeout | undefined;
  private linger: NodeJS.Timeout | undefined;
  private stopping = false;
  /** Clients that are being taken in. */
  private entering = 0;
  /** Streams that are being opened have their place already. */
  private readonly streams: Permits;

  constructor(private readonly parts: FeedParts) {
    const { log, limits, metrics } = parts;
    this.streams = new Permits('streams', limits.clients, RETRY_SECONDS);
    this.catchUp = new CatchUp(log, { records: limits.replayed, atOnce: REPLAYS_AT_ONCE }, (count) =>
      metrics.sent.inc(count),
    );
  }

  /** Every stream ends with a word, and its client comes back to whoever is there then. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.closeAll('shutting-down');
    await this.abandonTail();
  }

  /**
   * Streams to a client; resolves once it is told live.
   *
   * @param lastEventId what the client has seen; null: it begins now
   * @param take gives the response to write to, from when on it is the feed's; null when the client is gone
   * @throws {Problem} before the response is taken: 503 when there are too many streams, or the log or the database
   * does not answer; 429 when the token has its share of streams; 400 for an id that no stream gave
   */
  async stream(
    filter: ChangeFilter,
    token: ValidToken,
    lastEventId: string | null,
    take: () => ServerResponse | null,
  ): Promise<void> {
    if (this.stopping) throw unavailable('The read API stops.', RETRY_SECONDS);
    const leave = this.streams.take(token.tokenKey);
    this.entering++;
    clearTimeout(this.linger);
    let entered: {
      readonly client: StreamClient;
      readonly tail: Tail;
      readonly asked: ReadVector | null;
    } | null = null;
    try {
      const tail = await this.followed();
      const asked = lastEventId === null ? null : readVector(lastEventId, tail.places.counts);
      if (asked?.outcome === 'malformed')
        throw badParameter('Last-Event-ID', 'is not one that this stream gave');
      const response = take();
      if (!response) return;
      entered = { client: this.enter(response, filter, token, leave), tail, asked };
    } finally {
      this.entering--;
      if (entered === null) leave();
      this.lingerUnlessFollowed();
    }
    const { client, tail, asked } = entered;
    if (asked?.outcome === 'read') await this.resume(client, tail, asked.vector);
    else this.begin(client, tail, asked ? 'foreign-id' : null);
  }

  /** @param leave gives up its place among the streams */
  private enter(
    response: ServerResponse,
    filter: ChangeFilter,
    token: ValidToken,
    leave: () => void,
  ): StreamClient {
    const client = new StreamClient(response, filter, token);
    this.clients.add(client);
    this.parts.metrics.clients.set(this.clients.size);
    this.heartbeat ??= setInterval(() => this.beat(), this.parts.limits.heartbeatMs).unref();
    client.onGone(() => {
      leave();
      this.forget(client);
    });
    response.writeHead(200, { ...this.parts.headers, ...HEAD });
    client.send(`${PADDING}retry: ${randomInt(RECONNECT_MS.from, RECONNECT_MS.to)}\n\n`);
    if (this.stopping) this.close(client, 'shutting-down');
    return client;
  }

  private async resume(client: StreamClient, tail: Tail, vector: Readonly<Vector>): Promise<void> {
    try {
      const caughtUp = await this.catchUp.run(client, tail, vector);
      if (caughtUp.outcome === 'level') this.begin(client, tail, null);
      else if (caughtUp.outcome === 'reset') this.begin(client, tail, caughtUp.reason);
      else this.close(client, caughtUp.outcome === 'too-slow' ? 'too-slow' : 'restarted');
    } catch (error) {
      this.parts.logger.warn({ reason: String(error) }, 'a stream could not go on where it was');
      this.close(client, 'restarted');
    }
  }

  /** @param reset why the client has to read anew what it shows */
  private begin(client: StreamClient, tail: Tail, reset: string | null): void {
    if (tail.isStopped) return this.close(client, 'restarted');
    if (client.isOver) return;
    const id = `id: ${this.idOf(tail)}\n`;
    if (reset !== null) {
      this.parts.metrics.resets.inc({ reason: reset });
      client.send(`${id}event: reset\ndata: ${JSON.stringify({ reason: reset })}\n\n`);
    } else client.send(`: live\n${id}\n`);
    this.live.add(client);
  }

  /** The id of an event: the next offset to tell of, for every partition. */
  private idOf({ window, places }: Tail): string {
    return writeVector(window.told, places.counts);
  }

  private tell(tail: Tail, changes: Iterable<Change>): void {
    const texts = new Map<StreamClient, string>();
    let sent = 0;
    for (const change of changes) {
      let frame: string | null = null;
      for (const client of this.live.of(change)) {
        frame ??= frameOf(change, this.idOf(tail));
        texts.set(client, (texts.get(client) ?? '') + frame);
        sent++;
      }
    }
    for (const [client, text] of texts) this.send(client, text);
    if (sent > 0) this.parts.metrics.sent.inc(sent);
  }

  private send(client: StreamClient, text: string): void {
    if (!client.send(text)) this.close(client, 'too-slow');
  }

  /** Keeps connections open through whatever closes idle ones, and moves the place where each client would go on. */
  private beat(): void {
    const beating = this.tail?.then((tail) => {
      const beat = `:\nid: ${this.idOf(tail)}\n\n`;
      for (const client of this.clients)
        if (!client.token.isWelcome()) this.close(client, 'token-withdrawn');
        else if (this.live.all.has(client)) this.send(client, beat);
        // Who catches up has a pace of his own.
        else client.send(':\n\n');
      // Also for what no record tells of: partitions that were added, and a log that was made anew.
      void tail.look();
    });
    // Whoever opens it is told that it failed.
    beating?.catch(() => undefined);
  }

  private followed(): Promise<Tail> {
    return (this.tail ??= this.open());
  }

  private async open(): Promise<Tail> {
    const { log, tail, shown, erased, logger, limits } = this.parts;
    try {
      return await Tail.open({
        ...{ log, tail, shown, erased, logger },
        held: limits.held,
        released: (tail, changes) => this.tell(tail, changes),
        outdated: (why) => {
          this.parts.logger.warn({ why }, 'the stream begins anew');
          this.closeAll('restarted');
          void this.abandonTail();
        },
      });
    } catch (error) {
      this.tail = null;
      throw unavailable('The log or the database does not answer.', RETRY_SECONDS, error);
    }
  }

  private async abandonTail(): Promise<void> {
    const tail = this.tail;
    this.tail = null;
    await (await tail?.catch(() => null))?.stop();
  }

  private forget(client: StreamClient): void {
    this.live.remove(client);
    this.clients.delete(client);
    this.parts.metrics.clients.set(this.clients.size);
    if (this.clients.size > 0) return;
    clearInterval(this.heartbeat);
    this.heartbeat = undefined;
    this.lingerUnlessFollowed();
  }

  private lingerUnlessFollowed(): void {
    clearTimeout(this.linger);
    if (this.clients.size + this.entering > 0) return;
    this.linger = setTimeout(() => void this.abandonTail(), this.parts.limits.lingerMs).unref();
  }

  private closeAll(reason: CloseReason): void {
    for (const client of this.clients) this.close(client, reason);
  }

  private close(client: StreamClient, reason: CloseReason): void {
    if (client.isOver) return;
    this.live.remove(client);
    this.parts.metrics.closed.inc({ reason });
    client.close(reason);
  }
}
