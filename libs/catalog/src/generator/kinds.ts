import { CATALOG, EVENT_NAMES, type EventName } from '../catalog';
import type { Meaning } from '../events/definition';
import type { ExperienceType } from '../families';

const FAMILIES = Map.groupBy(EVENT_NAMES, (name) => name.slice(0, name.indexOf('.')));
const KINDS = new Map(
  [...FAMILIES].map(([family, names]) => [
    family.toUpperCase(),
    Map.groupBy(names, (name) => CATALOG[name].means),
  ]),
);

/** The events of experiences of a type by what they mean: what the generator makes follows the catalogue. */
export function kindsOf(type: ExperienceType): ReadonlyMap<Meaning, readonly EventName[]> {
  return KINDS.get(type)!;
}
