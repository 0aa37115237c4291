import { traceHeaders, traceParentOf } from './trace-headers';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('trace context from outside', () => {
  it('is accepted as the standard defines it', () => {
    expect(traceParentOf(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
    expect(traceParentOf(`00-${TRACE}-${SPAN}-00`)).toMatchObject({ sampled: false });
    expect(traceParentOf(`cc-${TRACE}-${SPAN}-01-what-comes-later`)).toMatchObject({ traceId: TRACE });
  });

  it.each([
    '',
    `00-${TRACE}-${SPAN}`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
  ])('is none when it reads %j', (text) => {
    expect(traceParentOf(text)).toBeNull();
    expect(traceHeaders(text, 'a=b')).toBeUndefined();
  });

  it('has a state of limited size, or none', () => {
    const traceparent = `00-${TRACE}-${SPAN}-01`;
    expect(traceHeaders(traceparent, 'a=b')).toEqual({ traceparent, tracestate: 'a=b' });
    expect(traceHeaders(traceparent, 'a'.repeat(513))).toEqual({ traceparent });
    expect(traceHeaders(traceparent, undefined)).toEqual({ traceparent });
  });
});
