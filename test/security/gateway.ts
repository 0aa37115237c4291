import { createHttpApp, createLogger, listen, parseWebhookTokens } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayModule } from '../../apps/gateway/src/gateway.module';
import { MemoryLog } from '../../apps/gateway/src/memory-log.fixture';
import { guardWebhooks } from '../../apps/gateway/src/webhook/webhook-guard';

export const TOKEN = 'planted-webhook-token';

/** The gateway on a port of its own, over a log in memory. */
export class OpenGateway {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly log: MemoryLog,
    readonly url: string,
    readonly lines: readonly string[],
  ) {}

  static async start(requestTimeout = 15_000): Promise<OpenGateway> {
    const lines: string[] = [];
    const log = new MemoryLog();
    const tokens = parseWebhookTokens(`default:${TOKEN}`);
    const app = await createHttpApp(
      GatewayModule.with({ inject: [], useFactory: () => log }, { tokens, healthToken: null }),
      {
        logger: createLogger('gateway', 'debug', { write: (line: string) => void lines.push(line) }),
        body: 'raw',
        requestTimeout,
      },
    );
    guardWebhooks(app, tokens);
    const { port } = await listen(app, 0, '127.0.0.1');
    return new OpenGateway(app, log, `http://127.0.0.1:${port}`, lines);
  }

  async post(
    body: string | Buffer,
    path = '/webhooks/jimo',
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const answer = await this.app.inject({
      method: 'POST',
      url: path,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
      payload: body,
    });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
