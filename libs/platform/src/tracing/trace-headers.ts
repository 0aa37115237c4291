import type { TraceHeaders } from './tracing';

/** Version 00; a later one begins alike. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
/** As much as the standard has everyone hand on. */
const MOST_STATE = 512;

export interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

/** null when the text is no `traceparent`. */
export function traceParentOf(text: string | undefined): TraceParent | null {
  const match = text === undefined ? null : TRACEPARENT.exec(text);
  if (!match) return null;
  return { traceId: match[1]!, spanId: match[2]!, sampled: (parseInt(match[3]!, 16) & 1) === 1 };
}

/** What a header may be: of several Node makes a list, which is no trace context. */
type HeaderValue = string | readonly string[] | undefined;

/** The context that somebody sent, if it is one. */
export function traceHeaders(traceparent: HeaderValue, tracestate: HeaderValue): TraceHeaders | undefined {
  if (typeof traceparent !== 'string' || !traceParentOf(traceparent)) return undefined;
  const state = typeof tracestate === 'string' && tracestate.length <= MOST_STATE ? tracestate : undefined;
  return { traceparent, ...(state !== undefined && { tracestate: state }) };
}
