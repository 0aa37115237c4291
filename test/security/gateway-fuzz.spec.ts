import { isUtf8 } from 'node:buffer';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { EVENT_NAMES, generateEvents } from '@app/catalog';
import fc from 'fast-check';
import { eventOf, nextTime } from '../support/events';
import { bounded, mutated } from './fuzz';
import { OpenGateway, TOKEN } from './gateway';

const EVENTS = [
  ...EVENT_NAMES.slice(0, 40).map((name) => JSON.stringify(eventOf(name, nextTime()))),
  ...[...generateEvents({ seed: 1, events: 20 })].map(({ body }) => body),
  '{"event":"x","time":1740133769,"a":[{"b":"\\u00e9\\ud83d\\ude00"}],"n":12345678901234567890.5e-3}',
];

const request = (body: string, path: string, ...headers: readonly string[]): string =>
  [
    `POST ${path} HTTP/1.1`,
    'host: a',
    'connection: close',
    'content-type: application/json',
    ...headers,
    '',
    body,
  ].join('\r\n');
const bearer = `authorization: Bearer ${TOKEN}`;
const REQUESTS = EVENTS.slice(0, 5).flatMap((body) => [
  request(body, '/webhooks/jimo', bearer, `content-length: ${Buffer.byteLength(body)}`),
  request(body, `/webhooks/jimo?token=${TOKEN}`, `content-length: ${Buffer.byteLength(body)}`),
  request(
    `[${body},${body}]`,
    '/webhooks/jimo/batch',
    bearer,
    `content-length: ${2 * Buffer.byteLength(body) + 3}`,
  ),
  request(
    `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    '/webhooks/jimo',
    bearer,
    'transfer-encoding: chunked',
  ),
  `GET /health/live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`,
]);

jest.setTimeout(240_000);

describe('the gateway, given what is damaged', () => {
  let gateway: OpenGateway;
  beforeAll(async () => {
    gateway = await OpenGateway.start();
  });
  afterAll(() => gateway?.close());

  /** What comes back for bytes, after which nothing more is sent. */
  async function answersTo(bytes: Buffer): Promise<string> {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end(bytes);
    return text(socket).catch(() => '');
  }

  it('answers damaged requests or hangs up, says 202 only to what it stored, and goes on', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(REQUESTS), async (bytes) => {
        const before = gateway.log.messages.length;
        const answers = await answersTo(bytes);
        const statuses = [...answers.matchAll(/^HTTP\/1\.1 (\d+) /gm)].map(([, status]) => Number(status));
        if (answers !== '') expect(statuses.length).toBeGreaterThan(0);
        for (const status of statuses)
          expect(status === 200 || status === 202 || (status >= 400 && status < 500)).toBe(true);
        // A batch of which no element can be read is taken, too: each of its answers says so.
        if (/"status":"(?:accepted|quarantined|unrecognized)"/.test(answers))
          expect(gateway.log.messages.length).toBeGreaterThan(before);
        else if (statuses.includes(202)) expect(answers).toContain('"status":"rejected"');
        expect(answers).not.toContain(TOKEN);
      }),
      bounded(600),
    );
    expect((await gateway.post(EVENTS[0]!)).status).toBe(202);
    const logged = gateway.lines.join('');
    expect(logged).not.toMatch(/"level":"(?:error|fatal)"/);
    expect(logged).not.toContain(TOKEN);
  });

  it('takes an event exactly when JSON.parse takes it, and stores what JSON.parse sees', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(EVENTS), async (bytes) => {
        let sent: unknown;
        let isJson = isUtf8(bytes);
        try {
          sent = JSON.parse(bytes.toString('utf8'));
        } catch {
          isJson = false;
        }
        const isObject = isJson && typeof sent === 'object' && sent !== null && !Array.isArray(sent);
        const { status, body } = await gateway.post(bytes);
        if (!isObject) return expect(status).toBe(400);
        expect([202, 422]).toContain(status);
        if (status === 422)
          return expect(body['problems']).toEqual(expect.arrayContaining([expect.anything()]));
        const stored = JSON.parse(String(gateway.log.messages.at(-1)!.value)) as Record<string, unknown>;
        const { time } = stored;
        expect(Number.isSafeInteger(time)).toBe(true);
        expect(stored).toEqual({ ...(sent as object), time });
      }),
      bounded(2_000),
    );
  });

  it('takes a batch as it takes each of its events alone', async () => {
    const element = fc.oneof(
      mutated(EVENTS).map((bytes) => bytes.toString('utf8')),
      fc.json(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(element, { maxLength: 5 }), async (texts) => {
        const elements = texts.filter(isJsonText);
        const { status, body } = await gateway.post(`[${elements.join(',')}]`, '/webhooks/jimo/batch');
        expect(status).toBe(202);
        const together = body as unknown as readonly { id?: string; status: string }[];
        const alone = [];
        for (const each of elements) {
          const single = await gateway.post(each);
          alone.push(
            single.status === 202 ? [single.body['id'], single.body['status']] : [undefined, 'rejected'],
          );
        }
        expect(together.map(({ id, status: outcome }) => [id, outcome])).toEqual(alone);
      }),
      bounded(400),
    );
  });
});

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
