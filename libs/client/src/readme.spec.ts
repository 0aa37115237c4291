// #region imports
import {
  answered,
  ifMatch,
  ifNoneMatch,
  items,
  readAfter,
  readApi,
  ReadApiProblem,
  tagged,
} from '@jimo-webhooks/client';
// #endregion

const uid = '17dff65e-434d-4454-bb57-a1167fefbb6b';
const position = 'jimo.engagement/3@17';
const identifyToken = 'sam';
const etag = '"x"';

const answers: Response[] = [];
const requests: Request[] = [];
const will = (...bodies: (object | Response)[]): void => {
  answers.push(...bodies.map((body) => (body instanceof Response ? body : Response.json(body))));
};

jest.spyOn(globalThis, 'fetch').mockImplementation(async (request) => {
  requests.push(request as Request);
  return answers.shift()!;
});
beforeEach(() => (requests.length = 0));

const currentToken = () => 'a-token';

// #region client
const api = readApi({
  baseUrl: 'https://read-api.example.com',
  token: () => currentToken(),
  workspace: 'acme',
});
// #endregion

describe('the samples of the README', () => {
  it('one answer', async () => {
    will({ uid });
    // #region one
    // One answer. An error answer is thrown as a ReadApiProblem.
    const jimer = await answered(api.GET('/v1/jimers/{uid}', { params: { path: { uid } } }));
    // #endregion
    expect(jimer.uid).toBe(uid);
    expect(requests[0]!.url).toBe(`https://read-api.example.com/v1/jimers/${uid}?workspace=acme`);
    expect(requests[0]!.headers.get('authorization')).toBe('Bearer a-token');
  });

  it('every item', async () => {
    const log = jest.spyOn(console, 'log').mockReturnValue();
    const page = (item: string, nextCursor: string | null) => ({
      items: [{ uid: item, request: {} }],
      nextCursor,
    });
    will(page('a', 'next'), page('b', null));
    // #region items
    // Every item of a list, page after page.
    for await (const item of items((next) =>
      api.GET('/v1/feedback', { params: { query: { status: ['new'], ...next } } }),
    ))
      console.log(item.uid, item.request);
    // #endregion
    expect(log.mock.calls).toEqual([
      ['a', {}],
      ['b', {}],
    ]);
  });

  it('an answer that has seen a write', async () => {
    will({ items: [], nextCursor: null });
    // #region read-after
    // An answer that has seen what was just written: positions as the gateway or a command gave them.
    await answered(
      api.GET('/v1/jimers/{uid}/journey', { params: { path: { uid }, header: readAfter(position) } }),
    );
    // #endregion
    expect(requests[0]!.headers.get('read-after')).toBe(position);
  });

  it('a change that another was faster with', async () => {
    will(
      { uid, version: 3 },
      Response.json({ type: 'about:blank', title: 'Outdated', status: 412 }, { status: 412 }),
    );
    // #region change
    // A change that is made only while nobody else was faster.
    const item = await answered(api.GET('/v1/feedback/{uid}', { params: { path: { uid } } }));
    try {
      await answered(
        api.PATCH('/v1/feedback/{uid}', {
          params: { path: { uid }, header: ifMatch(item.version) },
          body: { status: 'planned' },
        }),
      );
    } catch (error) {
      if (!(error instanceof ReadApiProblem && error.kind === 'outdated')) throw error;
      // Read it again, and decide again.
    }
    // #endregion
    expect(requests[1]!.headers.get('if-match')).toBe('"3"');
  });

  it('an answer that has not changed', async () => {
    will(new Response(null, { status: 304 }));
    // #region tagged
    // An answer that is fetched only when it is another than before.
    const state = await tagged(
      api.GET('/v1/jimers/by-token/{identifyToken}/state', {
        params: { path: { identifyToken }, header: ifNoneMatch(etag) },
      }),
    );
    // #endregion
    expect(state).toEqual({ changed: false });
  });
});
