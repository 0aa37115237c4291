import { readApi as clientOf, type ReadApi } from '@app/client';

/** A request to the running system, as anyone would make it. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  readonly body: T;
}

export interface Accepted {
  readonly id: string;
  readonly status: 'accepted' | 'unrecognized' | 'quarantined' | 'rejected';
  readonly position: string;
  readonly problems?: readonly { readonly path: string; readonly message: string }[];
}

export interface List<T = Record<string, unknown>> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export class Client {
  /** The read API as users of the client package have it. */
  readonly api: ReadApi;

  constructor(
    readonly gateway: string,
    readonly readApi: string,
    private readonly webhookToken = 'dev-webhook-token',
    private readonly readToken = 'dev-admin-token',
    /** How long it waits for an answer. */
    private readonly patienceMs: number | null = null,
  ) {
    this.api = clientOf({ baseUrl: readApi, token: readToken });
  }

  /** Posts one event; text and bytes go as they are. */
  post(event: unknown, headers: Record<string, string> = {}): Promise<Answer<Accepted>> {
    return this.send(`${this.gateway}/webhooks/jimo`, event, headers);
  }

  postBatch(events: unknown): Promise<Answer<Accepted[]>> {
    return this.send(`${this.gateway}/webhooks/jimo/batch`, events, {});
  }

  /** @param after positions that the answer must have seen */
  async get<T = Record<string, unknown>>(path: string, ...after: readonly string[]): Promise<Answer<T>> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.readToken}` };
    if (after.length > 0) headers['read-after'] = after.join(',');
    return answerOf(await this.fetch(`${this.readApi}${path}`, { headers }));
  }

  /** Changes a backlog item that has this version. */
  async patch<T = Record<string, unknown>>(
    path: string,
    ifMatch: string,
    change: object,
  ): Promise<Answer<T>> {
    return answerOf(
      await this.fetch(`${this.readApi}${path}`, {
        method: 'PATCH',
        body: JSON.stringify(change),
        headers: {
          'content-type': 'application/json',
          'if-match': ifMatch,
          authorization: `Bearer ${this.readToken}`,
        },
      }),
    );
  }

  async delete<T = Record<string, unknown>>(path: string): Promise<Answer<T>> {
    const headers = { authorization: `Bearer ${this.readToken}` };
    return answerOf(await this.fetch(`${this.readApi}${path}`, { method: 'DELETE', headers }));
  }

  private fetch(url: string, request: RequestInit): Promise<Response> {
    const signal = this.patienceMs === null ? null : AbortSignal.timeout(this.patienceMs);
    return fetch(url, { ...request, signal });
  }

  private async send<T>(url: string, body: unknown, headers: Record<string, string>): Promise<Answer<T>> {
    const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    return answerOf(
      await this.fetch(url, {
        method: 'POST',
        body: raw as string,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${this.webhookToken}`,
          ...headers,
        },
      }),
    );
  }
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    // Not every answer is JSON; the test that expects it to be says so.
  }
  return { status: response.status, headers: response.headers, text, body: body as T };
}
