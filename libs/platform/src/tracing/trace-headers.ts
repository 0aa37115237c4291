import type { TraceHeaders } from './tracing';

/** Version 00; later versions start in the same way. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
/** The length that the standard requires everyone to pass on. */
const MOST_STATE = 512;

interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

/** @returns null if the text is not a `traceparent` */
export function traceParentOf(text: string | undefined): TraceParent | null {
  const match = text === undefined ? null : TRACEPARENT.exec(text);
  if (!match) return null;
  return { traceId: match[1]!, spanId: match[2]!, sampled: (parseInt(match[3]!, 16) & 1) === 1 };
}

/** The value of a header. Node makes a list of several, which is not a trace context. */
type HeaderValue = string | readonly string[] | undefined;

/** The trace context in the headers of a request, if they have a valid one. */
export function traceHeaders(traceparent: HeaderValue, tracestate: HeaderValue): TraceHeaders | undefined {
  if (typeof traceparent !== 'string' || !traceParentOf(traceparent)) return undefined;
  const state = typeof tracestate === 'string' && tracestate.length <= MOST_STATE ? tracestate : undefined;
  return { traceparent, ...(state !== undefined && { tracestate: state }) };
}
