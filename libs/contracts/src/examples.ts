import {
  acceptEvent,
  type EventName,
  generateEvents,
  generateTriage,
  type SubmittedRequest,
  type RecordHeaders,
} from '@app/catalog';

/** A record as it stands in a topic. */
export interface ExampleRecord {
  readonly key: string;
  readonly headers: RecordHeaders;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Of each kind of event the first that a generated life brings about; the same at every run. */
export function exampleRecords(): ReadonlyMap<string, ExampleRecord> {
  const examples = new Map<string, ExampleRecord>();
  const requests: SubmittedRequest[] = [];
  for (const { event, body, time } of generateEvents({ seed: 7 })) {
    if (event === 'request.created') requests.push({ ...submitted(body), time });
    if (!examples.has(event)) examples.set(event, exampleOf(event, body, time));
  }
  for (const { name, key, headers, value } of generateTriage(requests, { seed: 7 })) {
    if (examples.has(name)) break;
    examples.set(name, { key, headers, payload: payloadOf(value) });
  }
  return examples;
}

function exampleOf(event: EventName, body: string, now: number): ExampleRecord {
  const accepted = acceptEvent({ workspace: 'default', text: body, now });
  if (accepted.outcome !== 'accepted') throw new Error(`a generated ${event} is not accepted`);
  const { key, headers, value } = accepted;
  return { key, headers, payload: payloadOf(value) };
}

function payloadOf(value: Buffer): Readonly<Record<string, unknown>> {
  return JSON.parse(value.toString()) as Record<string, unknown>;
}

function submitted(body: string): Pick<SubmittedRequest, 'uid' | 'jimer'> {
  const { request, jimer } = JSON.parse(body) as Record<'request' | 'jimer', { readonly uid: string }>;
  return { uid: request.uid, jimer: { uid: jimer.uid } };
}
