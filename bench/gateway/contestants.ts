import { ALL_TOPICS } from '@app/catalog';
import { until, type Child } from '@app/local';
import { appEnvironment, startApp, startNode } from '../live/process';
import { FLOOR } from '../measure/results';
import type { Servers } from '../servers';
import { BENCH_TOPIC, type GatewayContestant, type Listening } from './contestant';

const TOKEN = 'bench-webhook-token';

/** Bare Fastify and a micro-batched idempotent kafkajs producer at acks=all; no validation. */
const floor: GatewayContestant = {
  name: FLOOR,
  start: (servers) => startOnBenchTopic('gateway/floor.process', servers),
};

/** Nest on Fastify with ValidationPipe, and one `emit` per request on an idempotent producer at acks=all. */
const naiveNest: GatewayContestant = {
  name: 'naive Nest',
  start: (servers) => startOnBenchTopic('gateway/naive-nest.process', servers),
};

/** The shipped gateway: authentication, validation by the event's class, event id, metrics. */
const ours: GatewayContestant = shippedGateway('ours');

/**
 * @param env further settings
 * @param sent further headers of every request
 */
export function shippedGateway(
  name: string,
  env: NodeJS.ProcessEnv = {},
  sent: Readonly<Record<string, string>> = {},
): GatewayContestant {
  return {
    name,
    start: async ({ brokers }) => {
      const lines: string[] = [];
      const tokens = { JIMO_WEBHOOK_TOKENS: `default:${TOKEN}` };
      const child = await startApp('gateway', { ...appEnvironment(brokers, ''), ...tokens, ...env }, (line) =>
        lines.push(line),
      );
      const port = await portIn(child, lines, /"port":(\d+),"msg":"listening"/);
      const base = `http://127.0.0.1:${port}`;
      await child.whileRunning((signal) =>
        until('the gateway', async () => (await fetch(`${base}/health/ready`)).ok, { signal }),
      );
      const headers = { authorization: `Bearer ${TOKEN}`, ...sent };
      return { ...listening(child, `${base}/webhooks/jimo`), headers, topics: ALL_TOPICS };
    },
  };
}

export const GATEWAYS: readonly GatewayContestant[] = [floor, ours, naiveNest];

async function startOnBenchTopic(file: string, { brokers }: Servers): Promise<Listening> {
  const lines: string[] = [];
  const child = await startNode(file, [brokers, BENCH_TOPIC], (line) => lines.push(line));
  const port = await portIn(child, lines, /^port (\d+)$/);
  return {
    ...listening(child, `http://127.0.0.1:${port}/webhooks/jimo`),
    headers: {},
    topics: [BENCH_TOPIC],
  };
}

const listening = (child: Child, url: string): Pick<Listening, 'pid' | 'url' | 'stop'> => ({
  pid: child.pid,
  url,
  stop: async () => {
    await child.stop();
  },
});

function portIn(child: Child, lines: readonly string[], pattern: RegExp): Promise<string> {
  return child.whileRunning((signal) =>
    until('its port', () => lines.map((line) => pattern.exec(line)?.[1]).find(Boolean), { signal }),
  );
}
