import {
  acceptEvent,
  BACKLOG_ITEM_TRIAGED,
  EVENT_NAMES,
  generateEvents,
  generateTriage,
  SYSTEM_EVENTS,
  type Problem,
  type SubmittedRequest,
} from '@app/catalog';
import { textHeaders } from '@app/engine';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import fc from 'fast-check';
import { decodeEvent } from '../../catalog/src/decode';
import { TIME } from '../../catalog/src/examples.fixture';
import { eventTexts } from '../../catalog/src/odd-events.fixture';
import { readSystemEvent } from '../../catalog/src/system/system-event';
import { eventSchemas } from './contract-files';
import { valuesOf } from './values.fixture';

const JIMER = '17dff65e-434d-4454-bb57-a1167fefbb6b';
const SCHEMAS = eventSchemas();
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false });
const VALIDATORS = new Map([...SCHEMAS].map(([event, schema]) => [event, ajv.compile(schema)]));

function validatorOf(event: string): ValidateFunction {
  return VALIDATORS.get(event)!;
}

/** What no JSON Schema can say (docs/consuming.md lists it): the nesting, and the gateway's clock. */
const isUnsayable = ({ path, message }: Problem): boolean =>
  (path === '' && message.includes('levels deep')) || message.includes("ahead of the gateway's clock");

describe('the JSON Schema of an event', () => {
  it('takes every generated event of its kind, as it stands in its topic', () => {
    const requests: SubmittedRequest[] = [];
    const seen = new Set<string>();
    const validate = (event: string, value: Buffer): void => {
      const validator = validatorOf(event);
      const payload: unknown = JSON.parse(value.toString());
      if (!validator(payload)) throw new Error(`${value.toString()}: ${ajv.errorsText(validator.errors)}`);
      seen.add(event);
    };
    for (const { body, event, time } of generateEvents({ seed: 3 })) {
      const accepted = acceptEvent({ workspace: 'default', text: body, now: time });
      if (accepted.outcome !== 'accepted') throw new Error(body);
      validate(event, accepted.value);
      if (event === 'request.created')
        requests.push({ uid: accepted.partitionKey, jimer: { uid: JIMER }, time });
    }
    for (const { name, value } of generateTriage(requests)) validate(name, value);
    expect([...seen]).toEqual(expect.arrayContaining([...EVENT_NAMES, BACKLOG_ITEM_TRIAGED]));
  });

  it('takes a stored event exactly when the catalogue does', () => {
    const seen = { accepted: 0, quarantined: 0 };
    fc.assert(
      fc.property(eventTexts, (text) => {
        const stored = acceptEvent({ workspace: 'default', text, now: TIME });
        if (stored.outcome !== 'accepted' && stored.outcome !== 'quarantined') return;
        if (stored.problems?.every(isUnsayable)) return;
        seen[stored.outcome]++;
        const takes = validatorOf(stored.name)(JSON.parse(stored.value.toString()));
        expect(takes).toBe(stored.outcome === 'accepted');
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(seen.accepted, seen.quarantined)).toBeGreaterThan(100);
  });

  it.each(SYSTEM_EVENTS)('takes the system event $name exactly when its reader does', (definition) => {
    const { name } = definition;
    const validator = validatorOf(name);
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(valuesOf(SCHEMAS.get(name)!), (payload) => {
        const value = Buffer.from(JSON.stringify({ ...payload, event: name, time: TIME }));
        const read = reads(definition, value);
        seen[read ? 'taken' : 'refused']++;
        expect(validator(JSON.parse(value.toString()))).toBe(read);
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(50);
  });
});

function reads(definition: (typeof SYSTEM_EVENTS)[number], value: Buffer): boolean {
  const decoded = decodeEvent({
    value,
    headers: textHeaders({
      ce_id: '11111111-1111-4111-8111-111111111111',
      ce_type: `jimo-webhooks.${definition.name}`,
      ce_source: '/jimo-webhooks/workspaces/default',
      ce_time: '2026-01-01T00:00:00.000Z',
    }),
    timestamp: TIME,
  });
  if (!decoded.ok) throw new Error(decoded.reason);
  try {
    readSystemEvent<object>(definition, decoded.event);
    return true;
  } catch (error) {
    if ((error as Error).name !== 'CannotApply') throw error;
    return false;
  }
}
