import {
  context as contexts,
  defaultTextMapGetter,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Link,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from '../logging/logger';
import { Sparingly } from '../logging/sparingly';
import type { SpanAttributes, SpanStart, TracedSpan, TraceHeaders, Tracing } from './tracing';

const KINDS = { server: SpanKind.SERVER, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER } as const;
const STOP_MS = 3_000;
const propagator = new W3CTraceContextPropagator();

/**
 * Traces by OpenTelemetry, sent as OTLP over HTTP. Contexts are passed explicitly, so that no hook runs on every callback
 * of the process. The exporter and the resource read the environment variables that OpenTelemetry defines
 * (`OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_RESOURCE_ATTRIBUTES`, …).
 */
export class OpenTelemetry implements Tracing {
  private readonly provider: TracerProvider;
  private readonly tracer: Tracer;

  constructor(app: string, ratio: number, logger: Logger) {
    tellOfTrouble(logger);
    this.provider = new TracerProvider({
      resource: defaultResource()
        .merge(resourceFromAttributes({ 'service.namespace': 'jimo-webhooks', 'service.name': app }))
        .merge(detectResources({ detectors: [envDetector] })),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
    });
    this.tracer = this.provider.getTracer('jimo-webhooks');
  }

  start({ name, kind, parent, links = [], attributes }: SpanStart): TracedSpan {
    const within = parent ? contextOf(parent) : ROOT_CONTEXT;
    const options = { kind: KINDS[kind], attributes: { ...attributes }, links: links.flatMap(linkTo) };
    return new OpenSpan(this.tracer.startSpan(name, options, within));
  }

  async stop(): Promise<void> {
    const tooLate = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS).unref());
    await Promise.race([this.provider.shutdown().catch(() => undefined), tooLate]);
  }
}

class OpenSpan implements TracedSpan {
  constructor(private readonly span: Span) {}

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  get sampled(): boolean {
    return this.span.isRecording();
  }

  /** Written without a propagator, which would copy contexts for the one header that most requests need. */
  get headers(): TraceHeaders {
    const { traceId, spanId, traceFlags, traceState } = this.span.spanContext();
    const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
    const tracestate = traceState?.serialize();
    return { traceparent, ...(tracestate && { tracestate }) };
  }

  end(attributes: SpanAttributes, fault?: string): void {
    this.span.setAttributes({ ...attributes });
    if (fault !== undefined) this.span.setStatus({ code: SpanStatusCode.ERROR, message: fault });
    this.span.end();
  }
}

function contextOf(headers: TraceHeaders): Context {
  return propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
}

function linkTo(headers: TraceHeaders): Link[] {
  const context = trace.getSpanContext(contextOf(headers));
  return context ? [{ context }] : [];
}

/** Reports now and then that the collector does not answer. Spans are dropped meanwhile. */
function tellOfTrouble(logger: Logger): void {
  const lines = new Sparingly(logger);
  const tell = (message: string): void => lines.write('warn', { reason: message }, 'traces cannot be sent');
  const nothing = (): void => undefined;
  diag.setLogger(
    { error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  // Without a context manager an export cannot inherit a context and become a trace itself.
  contexts.disable();
}
