import { covering, matches, type Change } from './change-filter';
import { Hub, type News } from './hub';
import type { StreamMessage, StreamRequest } from './source';

const change = (more: Partial<Change>): Change => ({
  id: 'an-event',
  event: 'tour.started',
  kind: 'engagement',
  time: '2026-01-01T00:00:00.000Z',
  workspace: 'default',
  jimerUid: null,
  experienceUid: null,
  requestUid: null,
  position: 'jimo.engagement/0@0',
  ...more,
});

/** A stream whose messages the test sends. */
class Connection {
  private readonly messages: (StreamMessage | 'open' | Error | 'end')[] = ['open'];
  private wake: () => void = () => undefined;

  constructor(readonly request: StreamRequest) {
    request.signal.addEventListener('abort', () => this.give('end'));
  }

  give(message: StreamMessage | Error | 'end'): void {
    this.messages.push(message);
    this.wake();
  }

  change(id: string, more: Partial<Change>): void {
    this.give({ id, event: 'change', data: JSON.stringify(change(more)) });
  }

  async *read(): AsyncGenerator<StreamMessage | 'open'> {
    for (;;) {
      const message = this.messages.shift();
      if (message === undefined) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.wake = resolve;
        await promise;
      } else if (message === 'end') return;
      else if (message instanceof Error) throw message;
      else yield message;
    }
  }
}

class Windowed {
  readonly heard: News[] = [];
  postMessage(news: News): void {
    this.heard.push(news);
  }
  get changes(): readonly string[] {
    return this.heard.flatMap(({ changes }) => (changes ?? []).map(({ id }) => id));
  }
  get resets(): number {
    return this.heard.filter(({ changes }) => changes === null).length;
  }
}

const token = 'a-token';
let connections: Connection[];
const hubOf = (): Hub =>
  new Hub({
    streamUrl: 'https://tools.example/jimo/v1/stream',
    connect: (request) => {
      const connection = new Connection(request);
      connections.push(connection);
      return connection.read();
    },
  });
const last = (): Connection => connections.at(-1)!;
const queryOf = ({ request }: Connection): string => new URL(request.url).search;
const open = (): Connection[] => connections.filter(({ request }) => !request.signal.aborted);

beforeEach(() => {
  jest.useFakeTimers();
  connections = [];
});
afterEach(() => jest.useRealTimers());
const pass = (ms = 1_000): Promise<void> => jest.advanceTimersByTimeAsync(ms);

describe('the shared stream of all windows', () => {
  it('is one connection, and sends each window the changes that it subscribed to', async () => {
    const hub = hubOf();
    const [first, second] = [new Windowed(), new Windowed()];
    hub.follow(first, { token, filters: [{ kind: 'lifecycle' }], lastId: null });
    hub.follow(second, { token, filters: [{ kind: 'feedback' }], lastId: null });
    await pass();
    expect(connections.map(queryOf)).toEqual(['?kind=feedback%2Clifecycle']);
    last().change('1', { id: 'a', kind: 'lifecycle' });
    last().change('2', { id: 'b', kind: 'feedback' });
    await pass();
    expect([first.changes, second.changes]).toEqual([['a'], ['b']]);
    expect(second.heard.at(-1)).toMatchObject({ id: '2', liveness: 'live' });
  });

  it('widens its query from the last id when a window subscribes to more, and narrows it when that window leaves', async () => {
    const hub = hubOf();
    const [first, second] = [new Windowed(), new Windowed()];
    hub.follow(first, { token, filters: [{ jimerUid: 'x' }], lastId: null });
    await pass();
    last().give({ id: '7', event: undefined, data: '' });
    await pass();
    hub.follow(second, { token, filters: [{ kind: 'lifecycle' }], lastId: null });
    await pass();
    hub.follow(second, { token, filters: [], lastId: '7' });
    await pass();
    expect(connections.map(queryOf)).toEqual(['?jimerUid=x', '', '?jimerUid=x']);
    expect(connections.map(({ request }) => request.lastId)).toEqual([null, '7', '7']);
    expect(open()).toHaveLength(1);
  });

  it('resumes after a lost connection, and reports it as lost meanwhile', async () => {
    const hub = hubOf();
    const only = new Windowed();
    hub.follow(only, { token, filters: [{}], lastId: null });
    await pass();
    last().change('3', { id: 'a' });
    await pass();
    last().give(new TypeError('no route'));
    await pass(0);
    expect(only.heard.at(-1)).toMatchObject({ liveness: 'lost', unreachable: true });
    await pass();
    expect(connections).toHaveLength(2);
    expect(last().request.lastId).toBe('3');
    expect(only.heard.at(-1)).toMatchObject({ liveness: 'live', unreachable: false });
  });

  it('resumes in a new hub at the last id of its windows; a window with another id reads again', async () => {
    const hub = hubOf();
    const [first, second] = [new Windowed(), new Windowed()];
    hub.follow(first, { token, filters: [{}], lastId: '5' });
    hub.follow(second, { token, filters: [{}], lastId: '4' });
    await pass();
    expect(connections.map(({ request }) => request.lastId)).toEqual(['5']);
    expect([first.resets, second.resets]).toEqual([0, 1]);
  });

  it('publishes an id only after the changes up to it, so that a hub that dies in between loses nothing', async () => {
    const hub = hubOf();
    const only = new Windowed();
    hub.follow(only, { token, filters: [{}], lastId: '1' });
    await pass();
    last().change('2', { id: 'a' });
    await pass(10);
    hub.follow(only, { token, filters: [{}], lastId: '1' });
    expect(only.heard.at(-1)).toMatchObject({ id: '1' });
    await pass();
    expect(only.heard.at(-1)).toMatchObject({ id: '2' });
  });

  it('ends when no window is visible, when all have signed out, and when they send no heartbeat', async () => {
    const hub = hubOf();
    const [first, second] = [new Windowed(), new Windowed()];
    hub.follow(first, { token, filters: [{}], lastId: null });
    await pass();
    hub.follow(first, { token: '', filters: [], lastId: null });
    await pass();
    expect(open()).toHaveLength(0);
    hub.follow(first, { token, filters: [{ kind: 'feedback' }], lastId: null });
    await pass(60_000);
    hub.follow(second, { token, filters: [{ kind: 'lifecycle' }], lastId: null });
    await pass();
    expect(open().map(queryOf)).toEqual(['?kind=lifecycle']);
  });

  it('belongs to one token; another token gets its own stream', async () => {
    const hub = hubOf();
    hub.follow(new Windowed(), { token, filters: [{}], lastId: null });
    hub.follow(new Windowed(), { token: 'another', filters: [{}], lastId: null });
    await pass();
    expect(open().map(({ request }) => request.token)).toEqual([token, 'another']);
  });

  it('makes a new window read again once the stream is live, because changes since it loaded were not sent', async () => {
    const hub = hubOf();
    const [first, second] = [new Windowed(), new Windowed()];
    hub.follow(first, { token, filters: [{}], lastId: null });
    expect(first.resets).toBe(0);
    await pass();
    hub.follow(second, { token, filters: [{}], lastId: null });
    hub.follow(second, { token, filters: [{}], lastId: null });
    await pass();
    expect([first.resets, second.resets]).toEqual([1, 1]);
  });

  it('reports that changes may have been missed', async () => {
    const hub = hubOf();
    const only = new Windowed();
    hub.follow(only, { token, filters: [{}], lastId: '1' });
    await pass();
    last().give({ id: '9', event: 'reset', data: '{"reason":"too-old"}' });
    await pass();
    expect(only.heard.at(-1)).toMatchObject({ id: '9', changes: null });
  });
});

describe('a filter', () => {
  it.each([
    [[{ kind: 'lifecycle' }, { kind: 'lifecycle' }], 'kind=lifecycle'],
    [[{ kind: 'lifecycle' }, {}], ''],
    [
      [
        { jimerUid: 'a', workspace: 'w' },
        { jimerUid: 'b', workspace: 'w' },
      ],
      'workspace=w',
    ],
    [[{ experienceUid: 'a' }], 'experienceUid=a'],
  ] as const)('%j is covered by ?%s', (filters, query) => expect(covering(filters)).toBe(query));

  it('ignores the case of a uid', () => {
    expect(matches({ jimerUid: 'AB' }, change({ jimerUid: 'ab' }))).toBe(true);
    expect(matches({ jimerUid: 'AB' }, change({ jimerUid: null }))).toBe(false);
  });
});
