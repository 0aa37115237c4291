/** W3C trace context (https://www.w3.org/TR/trace-context/) as headers carry it. */
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

/** Something that takes time, as part of a trace. */
export interface TracedSpan {
  readonly traceId: string;
  /** Whether it will be seen anywhere; if not, no part of it need be measured. */
  readonly sampled: boolean;
  /** What makes others' spans part of this one. */
  readonly headers: TraceHeaders;
  /** @param fault why it failed */
  end(attributes: SpanAttributes, fault?: string): void;
}

/** Where spans go. Nothing in it waits for a collector or throws when there is none. */
export interface Tracing {
  start(span: SpanStart): TracedSpan;
  /** Sends what is left; bounded in time. */
  stop(): Promise<void>;
}
