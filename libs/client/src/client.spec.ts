import { answered, ifMatch, ifNoneMatch, items, readAfter, readApi, ReadApiProblem, tagged } from './index';

const UID = '17dff65e-434d-4454-bb57-a1167fefbb6b';

/** A client whose requests are kept, and answered one after the other. */
function apiOf(answers: readonly Response[], options: { workspace?: string } = {}) {
  const requests: Request[] = [];
  const api = readApi({
    baseUrl: 'http://read-api',
    token: async () => `token-${requests.length + 1}`,
    fetch: async (request) => {
      requests.push(request);
      return answers[requests.length - 1]!;
    },
    ...options,
  });
  return { api, requests };
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers });
const problem = (status: number, more: object = {}, headers: Record<string, string> = {}): Response =>
  json({ type: 'about:blank', title: 'A title', status, ...more }, status, {
    'content-type': 'application/problem+json',
    ...headers,
  });

async function problemOf(call: Promise<unknown>): Promise<ReadApiProblem> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ReadApiProblem)) throw new Error(`no problem but ${String(error)}`);
  return error;
}

describe('the client', () => {
  it('sends the token that is valid now, and the positions that an answer must have seen', async () => {
    const { api, requests } = apiOf([json({ uid: UID }), json({ uid: UID })]);
    const ask = (...positions: (string | null)[]) =>
      answered(
        api.GET('/v1/jimers/{uid}', { params: { path: { uid: UID }, header: readAfter(...positions) } }),
      );
    expect((await ask('a/0@1', null, 'b/2@3')).uid).toBe(UID);
    await ask();
    expect(requests.map(({ url }) => url)).toEqual(Array(2).fill(`http://read-api/v1/jimers/${UID}`));
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
    expect(requests.map(({ headers }) => headers.get('read-after'))).toEqual(['a/0@1,b/2@3', null]);
  });

  it('asks for one workspace wherever a workspace has something for itself', async () => {
    const page = () => json({ items: [], nextCursor: null });
    const { api, requests } = apiOf([page(), page(), page()], { workspace: 'a&b' });
    await api.GET('/v1/jimers', { params: { query: { q: 'sam' } } });
    await api.GET('/v1/jimers', { params: { query: { workspace: 'other' } } });
    await api.GET('/v1/projections');
    expect(requests.map(({ url }) => new URL(url).search)).toEqual([
      '?q=sam&workspace=a%26b',
      '?workspace=other',
      '',
    ]);
  });

  it('keeps the method and the body of a command that it limits', async () => {
    const { api, requests } = apiOf([json({ uid: 'r1' })], { workspace: 'acme' });
    await api.PATCH('/v1/feedback/{uid}', {
      params: { path: { uid: 'r1' }, header: ifMatch(3) },
      body: { status: 'planned' },
    });
    const [sent] = requests;
    expect(sent).toMatchObject({ method: 'PATCH', url: 'http://read-api/v1/feedback/r1?workspace=acme' });
    expect(sent!.headers.get('if-match')).toBe('"3"');
    expect(await sent!.json()).toEqual({ status: 'planned' });
  });

  it('gives every item of a list, and asks for no page before it is needed', async () => {
    const { api, requests } = apiOf([
      json({ items: [{ uid: '1' }, { uid: '2' }], nextCursor: 'c1' }),
      json({ items: [{ uid: '3' }], nextCursor: 'c2' }),
      json({ items: [], nextCursor: null }),
    ]);
    const seen: string[] = [];
    for await (const jimer of items((next) =>
      api.GET('/v1/jimers', { params: { query: { limit: 2, ...next } } }),
    )) {
      seen.push(jimer.uid);
      if (seen.length === 2) expect(requests).toHaveLength(1);
    }
    expect(seen).toEqual(['1', '2', '3']);
    expect(requests.map(({ url }) => new URL(url).searchParams.get('cursor'))).toEqual([null, 'c1', 'c2']);
  });

  it('throws an error answer as what it is', async () => {
    const problems = [{ path: 'limit', message: 'must be a whole number' }];
    const { api } = apiOf([
      problem(400, { detail: 'limit must be a whole number', problems }),
      problem(412),
      problem(503, {}, { 'retry-after': '7' }),
      new Response('<html>gone', { status: 502, statusText: 'Bad Gateway' }),
    ]);
    const ask = () => problemOf(answered(api.GET('/v1/jimers')));
    expect(await ask()).toMatchObject({
      kind: 'invalid',
      message: '400 A title: limit must be a whole number',
      problem: { problems },
      retryAfter: null,
    });
    expect(await ask()).toMatchObject({ kind: 'outdated', status: 412 });
    expect(await ask()).toMatchObject({ kind: 'unavailable', retryAfter: 7 });
    expect(await ask()).toMatchObject({
      kind: 'failed',
      status: 502,
      problem: { title: 'Bad Gateway', detail: '<html>gone' },
    });
  });

  it('says that what a tag names has not changed', async () => {
    const state = { uid: UID };
    const { api, requests } = apiOf([
      json(state, 200, { etag: '"x"' }),
      new Response(null, { status: 304 }),
      problem(404),
    ]);
    const ask = (etag?: string | null) =>
      tagged(
        api.GET('/v1/jimers/by-token/{identifyToken}/state', {
          params: { path: { identifyToken: 'sam' }, header: ifNoneMatch(etag) },
        }),
      );
    const first = await ask();
    expect(first).toEqual({ changed: true, data: state, etag: '"x"' });
    expect(await ask(first.changed ? first.etag : null)).toEqual({ changed: false });
    expect(requests[1]!.headers.get('if-none-match')).toBe('"x"');
    expect((await problemOf(ask())).kind).toBe('not-found');
  });
});
