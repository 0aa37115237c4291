/** A server-sent event as it came. */
export interface StreamedEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A client of server-sent events, by fetch as a console would have it. */
export class EventStream {
  readonly events: StreamedEvent[] = [];
  /** The newest id, those that came without an event included. */
  lastId: string | null = null;
  comments = 0;
  isOver = false;
  private taken = 0;
  private moved = Promise.withResolvers<void>();

  private constructor(
    readonly status: number,
    readonly problem: unknown,
    private readonly abort: AbortController,
  ) {}

  static async open(url: string, token: string, lastId: string | null = null): Promise<EventStream> {
    const abort = new AbortController();
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    if (lastId !== null) headers['last-event-id'] = lastId;
    const answer = await fetch(url, { headers, signal: abort.signal });
    if (answer.status !== 200) return new EventStream(answer.status, await answer.json(), abort);
    const stream = new EventStream(200, null, abort);
    stream.lastId = lastId;
    void stream.follow(answer.body!);
    return stream;
  }

  /** The next event that has not been taken yet, once it is there. @throws when the stream ends before */
  async next(): Promise<StreamedEvent> {
    for (;;) {
      const event = this.events[this.taken];
      if (event) {
        this.taken++;
        return event;
      }
      if (this.isOver) throw new Error('the stream has ended');
      await this.moved.promise;
    }
  }

  /** Until the stream has told where it begins. */
  async begun(): Promise<this> {
    while (this.lastId === null && !this.isOver) await this.moved.promise;
    return this;
  }

  async ended(): Promise<void> {
    while (!this.isOver) await this.moved.promise;
  }

  close(): void {
    this.abort.abort();
  }

  private async follow(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of body) {
        text += decoder.decode(chunk, { stream: true });
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          this.take(text.slice(0, end));
          text = text.slice(end + 2);
        }
        this.move();
      }
    } catch {
      // Closed from here, or broken off: over either way.
    }
    this.isOver = true;
    this.move();
  }

  private take(block: string): void {
    let event = 'message';
    let data: string | null = null;
    for (const line of block.split('\n')) {
      const [, field, value] = /^(\w*): ?(.*)$/.exec(line) ?? [];
      if (field === '') this.comments++;
      else if (field === 'id') this.lastId = value!;
      else if (field === 'event') event = value!;
      else if (field === 'data') data = value!;
    }
    if (data === null) return;
    this.events.push({ id: this.lastId, event, data: JSON.parse(data) as StreamedEvent['data'] });
  }

  private move(): void {
    const { resolve } = this.moved;
    this.moved = Promise.withResolvers<void>();
    resolve();
  }
}
