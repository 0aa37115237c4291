import { EventSourceParserStream } from 'eventsource-parser/stream';

/** One message of the stream. */
export interface StreamMessage {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string;
}

/** The server sends something every 15 s, so a connection that is silent for longer is dead. */
const SILENCE_MS = 40_000;

export interface StreamRequest {
  readonly url: string;
  readonly token: string;
  readonly lastId: string | null;
  readonly signal: AbortSignal;
}

/**
 * The messages of one connection, until it ends.
 *
 * @throws {TypeError} if the API does not respond; {Error} if it refuses or the connection goes silent
 */
export async function* messagesOf({
  url,
  token,
  lastId,
  signal,
}: StreamRequest): AsyncGenerator<StreamMessage | 'open'> {
  const silent = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(new Error('silent')), SILENCE_MS);
  };
  heard();
  const either = new AbortController();
  const end = ({ target }: Event): void => either.abort((target as AbortSignal).reason);
  signal.addEventListener('abort', end);
  silent.signal.addEventListener('abort', end);
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}`, ...(lastId !== null && { 'last-event-id': lastId }) },
      signal: either.signal,
      cache: 'no-store',
    });
    if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`);
    yield 'open';
    const reader = response.body
      .pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, out) {
            heard();
            out.enqueue(chunk);
          },
        }),
      )
      .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
      .pipeThrough(new EventSourceParserStream())
      .getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read())
      yield { id: read.value.id, event: read.value.event, data: read.value.data };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    // Closes the connection when the caller stops reading.
    either.abort();
  }
}
