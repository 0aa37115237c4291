/** The headers of a W3C trace context (https://www.w3.org/TR/trace-context/). */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'producer' | 'consumer';
  readonly parent?: TraceHeaders | undefined;
  readonly links?: readonly TraceHeaders[];
  readonly attributes: SpanAttributes;
}

/** A span of a trace. */
export interface TracedSpan {
  readonly traceId: string;
  /** Whether it is sampled. If not, nothing of it needs to be measured. */
  readonly sampled: boolean;
  /** The context that makes other spans its children. */
  readonly headers: TraceHeaders;
  /** @param fault why it failed, if it did */
  end(attributes: SpanAttributes, fault?: string): void;
}

/** Receives spans. Its methods never wait for a collector, and do not throw without one. */
export interface Tracing {
  start(span: SpanStart): TracedSpan;
  /** Sends the remaining spans, within a time limit. */
  stop(): Promise<void>;
}
