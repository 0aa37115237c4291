import { createLogger, startTracing } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { EventMessage } from '../log/event-appender';
import { WebhookTracing } from './webhook-tracing';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const tracing = startTracing(
  'gateway',
  { otlpEndpoint: 'http://127.0.0.1:1', traceRatio: 0 },
  createLogger('test', 'silent'),
)!;
const webhooks = new WebhookTracing(tracing);
type Hook = (request: FastifyRequest, reply: unknown, done: () => void) => void;
const hooks = new Map<string, Hook>();

beforeAll(() => {
  const instance = { addHook: (name: string, hook: Hook) => hooks.set(name, hook) };
  const app = { getHttpAdapter: () => ({ getInstance: () => instance }) };
  webhooks.observe(app as unknown as NestFastifyApplication);
});
afterAll(() => webhooks.stop());

/** The headers of the record of a request, beside its own. */
async function appended(headers: Record<string, string>): Promise<Readonly<Record<string, unknown>>> {
  const request = {
    ...{ raw: {}, method: 'POST', headers },
    routeOptions: { url: '/webhooks/jimo' },
  } as unknown as FastifyRequest;
  hooks.get('onRequest')!(request, null, () => undefined);
  const message = { topic: 't', headers: { ce_id: '1' } } as unknown as EventMessage;
  let sent: EventMessage | undefined;
  await webhooks.of(request)!.appending([message], ([first]) => {
    sent = first;
    return Promise.resolve([]);
  });
  return sent!.headers;
}

describe('a request that is not sampled', () => {
  it('tells those who read its record so, in a trace of its own', async () => {
    expect(await appended({})).toEqual({
      ce_id: '1',
      traceparent: expect.stringMatching(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/) as string,
    });
  });

  it("or in its sender's, whatever part is traced here", async () => {
    const sender = `00-${TRACE}-00f067aa0ba902b7-00`;
    expect(await appended({ traceparent: sender, tracestate: 'vendor=1' })).toEqual({
      ce_id: '1',
      traceparent: expect.stringMatching(`^00-${TRACE}-[0-9a-f]{16}-00$`) as string,
      tracestate: 'vendor=1',
    });
  });
});
