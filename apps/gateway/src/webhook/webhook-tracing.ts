import type { LogPosition } from '@app/engine';
import { traceHeaders, type TracedSpan, type TraceHeaders, type Tracing } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import type { EventMessage } from '../log/event-appender';

/** Injection token of the `WebhookTracing`, which may be null. */
export const WEBHOOK_TRACING = Symbol('webhook tracing');

const PREFIX = '/webhooks/';

/**
 * Spans of webhooks. A request's span is part of the sender's trace, if there is one. The append is its child, and the
 * records carry the context of the append, so that consumers can continue the trace.
 */
export class WebhookTracing {
  private readonly spans = new WeakMap<object, TracedSpan>();

  constructor(private readonly tracing: Tracing) {}

  /** Runs after the guard, so refused requests have no span. */
  observe(app: NestFastifyApplication): void {
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onRequest', (request, _reply, done) => {
      const { url } = request.routeOptions;
      if (url?.startsWith(PREFIX)) this.spans.set(request.raw, this.start(request, url));
      done();
    });
    fastify.addHook('onResponse', (request, { statusCode }, done) => {
      const fault = statusCode >= 500 ? `answered ${statusCode}` : undefined;
      this.spans.get(request.raw)?.end({ 'http.response.status_code': statusCode }, fault);
      done();
    });
  }

  of(request: FastifyRequest): RequestTrace | undefined {
    const span = this.spans.get(request.raw);
    return span && new RequestTrace(this.tracing, span);
  }

  stop(): Promise<void> {
    return this.tracing.stop();
  }

  private start({ headers, method }: FastifyRequest, route: string): TracedSpan {
    return this.tracing.start({
      name: `${method} ${route}`,
      kind: 'server',
      parent: traceHeaders(headers['traceparent'], headers['tracestate']),
      attributes: { 'http.request.method': method, 'http.route': route },
    });
  }
}

type Append = (messages: readonly EventMessage[]) => Promise<readonly LogPosition[]>;

/** The trace that a request belongs to. */
export class RequestTrace {
  constructor(
    private readonly tracing: Tracing,
    private readonly span: TracedSpan,
  ) {}

  get id(): string {
    return this.span.traceId;
  }

  /** Appends with the context of a new span in the records' headers; keys and values are unchanged. */
  async appending(messages: readonly EventMessage[], append: Append): Promise<readonly LogPosition[]> {
    // No span is created if it is not sampled; the context still tells consumers so.
    if (!this.span.sampled) return append(inContext(messages, this.span.headers));
    const topics = new Set(messages.map(({ topic }) => topic));
    const [topic] = topics.size === 1 ? topics : [];
    const [first] = messages;
    const sending = this.tracing.start({
      name: topic === undefined ? 'send' : `send ${topic}`,
      kind: 'producer',
      parent: this.span.headers,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.destination.name': topic,
        ...(messages.length === 1 && {
          'cloudevents.event_id': first!.headers['ce_id'],
          'cloudevents.event_type': first!.headers['ce_type'],
        }),
        ...(messages.length > 1 && { 'messaging.batch.message_count': messages.length }),
      },
    });
    try {
      const positions = await append(inContext(messages, sending.headers));
      const [position] = positions;
      sending.end(
        positions.length === 1
          ? {
              'messaging.destination.partition.id': String(position!.partition),
              'messaging.kafka.offset': Number(position!.offset),
            }
          : {},
      );
      return positions;
    } catch (error) {
      sending.end({}, error instanceof Error ? error.message : String(error));
      throw error;
    }
  }
}

function inContext(messages: readonly EventMessage[], context: TraceHeaders): readonly EventMessage[] {
  const { traceparent, tracestate } = context;
  const added = { traceparent, ...(tracestate !== undefined && { tracestate }) };
  return messages.map((message) => ({ ...message, headers: { ...message.headers, ...added } }));
}
