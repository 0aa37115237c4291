import { definitionOf, type EventName, type EventOf } from '../catalog';
import { readEnvelope } from '../envelope';
import type { Problem } from '../rules';
import { validate } from '../validate';

export type Validated =
  | {
      readonly outcome: 'valid';
      readonly name: EventName;
      readonly time: number;
      readonly event: EventOf<EventName>;
    }
  /** Its name is not in the catalogue. */
  | { readonly outcome: 'unrecognized'; readonly name: string; readonly time: number }
  | { readonly outcome: 'invalid'; readonly problems: readonly Problem[] };

/**
 * Whether a webhook's body is an event of the catalogue, as the gateway decides it; what its clock, the sizes and
 * the nesting allow is not looked at. Throws for no input.
 *
 * @param body JSON as Jimo sends it
 */
export function validateEvent(body: string): Validated {
  const envelope = readEnvelope(body);
  if (!envelope.ok) {
    const { problems, detail } = envelope;
    return { outcome: 'invalid', problems: problems.length > 0 ? problems : [{ path: '', message: detail }] };
  }
  const { event: name, time, payload } = envelope;
  const definition = definitionOf(name);
  if (!definition) return { outcome: 'unrecognized', name, time };
  const problems = validate(definition, payload, time);
  if (problems.length > 0) return { outcome: 'invalid', problems };
  const event = { ...payload, time } as unknown as EventOf<EventName>;
  return { outcome: 'valid', name: definition.name, time, event };
}
