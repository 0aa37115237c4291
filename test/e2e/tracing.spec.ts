import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '@app/local';
import { startServers, until, type Servers } from '@app/testing/infra';
import { AppProcess } from '../support/app-process';
import { Collector } from '../support/collector';
import { emptyDatabase } from '../support/databases';
import { eventOf } from '../support/events';
import { Client, type Accepted } from '../support/http';
import { kafkaAt, topicSettings } from '../support/log';
import { progressOf } from '../support/read-models';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SENDER = '00f067aa0ba902b7';
const sent = { traceparent: `00-${TRACE}-${SENDER}-01`, tracestate: 'vendor=1' };

let servers: Servers;
let collector: Collector;
let gateway: AppProcess;
let projector: AppProcess;
let client: Client;
let databaseUrl: string;

beforeAll(async () => {
  [servers, collector] = await Promise.all([startServers(), Collector.start()]);
  databaseUrl = await emptyDatabase(servers.databaseUrl, 'traced');
  const env = {
    ...topicSettings(2),
    KAFKA_BROKERS: servers.brokers,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  };
  gateway = AppProcess.start('gateway', {
    ...env,
    GATEWAY_PORT: '0',
    JIMO_WEBHOOK_TOKENS: 'default:dev-webhook-token',
  });
  projector = AppProcess.start('journey-projector', {
    ...env,
    DATABASE_URL: databaseUrl,
    JOURNEY_PROJECTOR_PORT: '0',
    PROJECTION_VERIFY_HOURS: '0',
  });
  await until('the gateway to listen', () => gateway.port);
  client = new Client(`http://127.0.0.1:${gateway.port}`, '');
}, 180_000);

afterAll(async () => {
  await Promise.all([gateway?.signal('SIGTERM'), projector?.signal('SIGTERM')]);
  await collector?.stop();
  await servers?.stop();
}, 60_000);

const send = (event: unknown, headers: Record<string, string>): Promise<Accepted> =>
  until('a 202', async () => {
    const { status, body } = await client.post(event, headers);
    return status === 202 && body;
  });

/** The headers of the record at a position. */
async function headersAt(position: string): Promise<Record<string, string>> {
  const [, topic, partition, offset] = /^(.+)\/(\d+)@(\d+)$/.exec(position)!;
  const consumer = kafkaAt(servers.brokers).consumer({ groupId: 'looks', maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: topic!, fromBeginning: true });
  const found: Record<string, string>[] = [];
  await consumer.run({
    eachMessage: ({ partition: at, message }) => {
      if (String(at) === partition && message.offset === offset)
        found.push(Object.fromEntries(Object.entries(message.headers!).map(([k, v]) => [k, String(v)])));
      return Promise.resolve();
    },
  });
  await until('the record', () => found.length > 0);
  await consumer.disconnect();
  return found[0]!;
}

it('follows an event from the webhook through Kafka into the projection, in the trace of its sender', async () => {
  const event = eventOf('tour.started', 1_740_133_769_000);
  const traced = await send(event, sent);
  const again = await send(event, {});
  // What an event is does not depend on who traced its delivery.
  expect(again.id).toBe(traced.id);
  const quarantined = await send({ ...event, jimer: { uid: 'x' } }, sent);
  expect(quarantined.status).toBe('quarantined');
  await until('the log to be applied', async () => (await progressOf(databaseUrl)) >= 2, {
    deadlineMs: 90_000,
  });
  const headers = await headersAt(traced.position);

  // What is left is sent when they stop.
  await Promise.all([gateway.signal('SIGTERM'), projector.signal('SIGTERM')]);
  const spans = collector.spans.filter(({ traceId }) => traceId === TRACE);
  // The gateway may have answered 503 before, and traced that as well.
  const append = spans.find(({ spanId }) => headers['traceparent'] === `00-${TRACE}-${spanId}-01`)!;
  expect(append).toMatchObject({ name: 'send jimo.engagement', service: 'gateway' });
  expect(headers).toMatchObject({ ce_id: traced.id, tracestate: 'vendor=1' });
  const request = spans.find(({ spanId }) => spanId === append.parentSpanId);
  expect(request).toMatchObject({ name: 'POST /webhooks/jimo', service: 'gateway', parentSpanId: SENDER });
  const processed = spans.find(({ parentSpanId }) => parentSpanId === append.spanId)!;
  expect(processed).toMatchObject({ name: 'process jimo.engagement', service: 'journey-projector' });
  const batch = collector.spans.find(({ spanId }) => spanId === processed.links![0]!.spanId)!;
  expect(batch.name).toBe('process');
  expect(batch.links).toContainEqual(expect.objectContaining({ traceId: TRACE, spanId: append.spanId }));

  const lines = gateway.log.split('\n').filter((line) => line.includes('an event was quarantined'));
  expect(JSON.parse(lines[0]!)).toMatchObject({
    eventId: quarantined.id,
    position: quarantined.position,
    traceId: TRACE,
  });
});

it('loads nothing of the SDK of OpenTelemetry where no collector is named', () => {
  const platform = join(projectRoot(), 'dist', 'libs', 'platform', 'src');
  const script = `
    const { startTracing } = require(${JSON.stringify(platform)});
    const off = startTracing('gateway', { traceRatio: 1 }, null);
    // prom-client loads the API by itself.
    const sdk = Object.keys(require.cache).filter((file) => /@opentelemetry.(?!api.)/.test(file));
    console.log(off, sdk.length);`;
  expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })).toBe('null 0\n');
});
