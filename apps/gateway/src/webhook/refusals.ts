import { presentedTokens } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { IntakeSummary } from './intake-summary';
import { grantedWorkspace } from './webhook-guard';

const PREFIX = '/webhooks/';
/** Paths that were probably meant to be the webhook's. */
const MEANT = /webhook|jimo/i;

/** Records every refused webhook request with its reason, to diagnose the connection of Jimo's webhook. */
export function observeRefusals(app: NestFastifyApplication, summary: IntakeSummary): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { statusCode } = reply;
    if (statusCode >= 400 && statusCode < 500 && isMeant(request))
      summary.refused(grantedWorkspace(request), statusCode, reasonOf(request, statusCode, payload));
    done(null, payload);
  });
}

function isMeant({ method, routeOptions, url }: FastifyRequest): boolean {
  if (routeOptions.url?.startsWith(PREFIX) === true) return true;
  return method === 'POST' && MEANT.test(url.split('?', 1)[0]!);
}

function reasonOf(request: FastifyRequest, status: number, payload: unknown): string {
  if (status === 401)
    return presentedTokens(request, { basic: true, query: true }).length === 0
      ? 'The request has no token.'
      : 'The token is none of those that the gateway knows.';
  if (status === 404) return 'The path is not /webhooks/jimo.';
  try {
    const { detail, title } = JSON.parse(String(payload)) as { detail?: unknown; title?: unknown };
    return String(detail ?? title);
  } catch {
    return `Status ${status}`;
  }
}
