import { CannotApply } from '@app/engine';
import { definitionOf } from '../catalog';
import { type EventClass, propertiesOf } from '../class-metadata';
import type { CatalogEvent } from '../decode';
import type { ExperienceFamily } from '../families';
import type { ObjectReader } from '../json/object-reader';
import { Experience, Step, Task, User } from '../objects';
import { isUid, isUuid } from '../rules';
import {
  EXPERIENCE_OBSERVED,
  experienceObserved,
  OBSERVED_OBJECTS,
  readExperienceObserved,
  type ExperienceObserved,
  type ObservedObject,
} from './experience-observed';
import type { SystemRecord } from './system-event';

const fieldsOf = (type: EventClass): readonly string[] => propertiesOf(type).map(({ name }) => name);

/** The fields that the catalogue knows of each object. Any other may be about the person. */
const FIELDS: Readonly<Record<ObservedObject, readonly string[]>> = {
  experience: fieldsOf(Experience),
  user: fieldsOf(User),
  step: fieldsOf(Step),
  task: fieldsOf(Task),
};

/** The facts in an event of a person, without the person. */
interface Observation {
  readonly workspace: string;
  readonly time: number;
  readonly id: string;
  readonly appendedAt: number;
  readonly family: ExperienceFamily;
  readonly objects: Partial<Record<ObservedObject, { readonly uid?: unknown }>>;
}

/** The event was validated, so its objects have their uids. */
type Kept = Pick<ExperienceObserved, ObservedObject>;

/** The newest source of each field: the newest event of the persons, and the time of the newest event of others. */
interface FieldSources {
  readonly observed: (Observation | undefined)[];
  readonly elsewhere: number[];
}

type Objects = (member: ObservedObject) => ObjectReader | undefined;

/**
 * Finds the facts about experiences that only certain persons' events contain, from all events in any order: for each
 * field of an experience, and of its steps and tasks, the newest event with that field, if it belongs to one of the
 * persons. Whatever fields a read model keeps together, the newest event with any of them is thus kept. Memory grows with
 * the number of experiences, not of events.
 */
export class Observations {
  private readonly sources = new Map<string, FieldSources>();

  /** @param isTheirs whether it is an event of one of the persons; one that will be gone from the log counts as none */
  add(event: CatalogEvent, isTheirs: boolean): void {
    try {
      this.observe(event, isTheirs);
    } catch (error) {
      // A record of another producer with unexpected content, which no read model uses.
      if (!(error instanceof CannotApply)) throw error;
    }
  }

  /** The events to append, which depend only on the events that were added. */
  records(): SystemRecord[] {
    const kept = new Set<Observation>();
    for (const { observed, elsewhere } of this.sources.values())
      observed.forEach((each, i) => {
        if (each !== undefined && !((elsewhere[i] ?? Number.NEGATIVE_INFINITY) > each.time)) kept.add(each);
      });
    const records = new Map<string, SystemRecord>();
    // Events of several persons may contain the same facts: the log has had them since the first of these events.
    for (const { appendedAt, ...observation } of [...kept].sort((a, b) => b.appendedAt - a.appendedAt)) {
      const { workspace, time, family, objects } = observation;
      const record = experienceObserved({
        ...{ workspace, time, appendedAt, family },
        ...(objects as Observation['objects'] & Kept),
      });
      records.set(record.key, record);
    }
    return [...records.values()];
  }

  private observe(event: CatalogEvent, isTheirs: boolean): void {
    if (event.origin === 'system') {
      if (event.name === EXPERIENCE_OBSERVED) this.addObserved(event);
      return;
    }
    const roles = event.problems === undefined ? (definitionOf(event.name)?.objects ?? []) : [];
    if (!roles.includes('experience')) return;
    const member = event.object('experience') ? 'experience' : 'post';
    const objects: Objects = (of) => {
      if (of === 'experience') return event.object(member);
      if (of === 'user') return event.object(of);
      const part = roles.includes(of) ? event.object(of) : undefined;
      return isUid(part?.get('uid')) ? part : undefined;
    };
    if (!isTheirs) return this.each(event.workspace, objects, (sources, i) => seen(sources, i, event.time));
    let observation: Observation | undefined;
    this.each(event.workspace, objects, ({ observed: newest }, i) => {
      if (newest[i] === undefined || isNewer(event, newest[i]))
        newest[i] = observation ??= observationIn(event, objects);
    });
  }

  /** It outweighs other events of the same time, too. */
  private addObserved(event: CatalogEvent): void {
    const { workspace, time, object } = readExperienceObserved(event);
    this.each(workspace, object, (sources, i) => seen(sources, i, time + 0.5));
  }

  private each(
    workspace: string,
    objects: Objects,
    take: (sources: FieldSources, field: number) => void,
  ): void {
    const uid = objects('experience')?.get('uid');
    if (!isUuid(uid)) return;
    const experience = `${workspace}\u0000${uid.toLowerCase()}`;
    for (const member of OBSERVED_OBJECTS) {
      const object = objects(member);
      if (!object) continue;
      const part = member === 'step' || member === 'task' ? (object.get('uid') as string) : '';
      const sources = this.sourcesOf(`${experience}\u0000${member}\u0000${part}`);
      FIELDS[member].forEach((field, i) => {
        if (object.get(field) !== undefined) take(sources, i);
      });
    }
  }

  private sourcesOf(key: string): FieldSources {
    let sources = this.sources.get(key);
    if (!sources) this.sources.set(key, (sources = { observed: [], elsewhere: [] }));
    return sources;
  }
}

function seen({ elsewhere }: FieldSources, field: number, time: number): void {
  const newest = elsewhere[field];
  if (newest === undefined || time > newest) elsewhere[field] = time;
}

function isNewer({ time, id }: CatalogEvent, other: Observation): boolean {
  return time !== other.time ? time > other.time : id > other.id;
}

function observationIn(event: CatalogEvent, objects: Objects): Observation {
  const { workspace, time, id, name, receivedAt: appendedAt } = event;
  const family = name.slice(0, name.indexOf('.')) as ExperienceFamily;
  const parts = OBSERVED_OBJECTS.flatMap((member) => {
    const object = objects(member);
    if (!object) return [];
    const fields = FIELDS[member].map((field) => [field, object.get(field)] as const);
    return [[member, Object.fromEntries(fields.filter(([, value]) => value !== undefined))] as const];
  });
  return { workspace, time, id, appendedAt, family, objects: Object.fromEntries(parts) };
}
