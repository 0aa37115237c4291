import { CannotApply } from '@app/engine';
import { definitionOf } from '../catalog';
import { type EventClass, propertiesOf } from '../declared';
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

/** What an event of a person told, without the person. */
interface Told {
  readonly workspace: string;
  readonly time: number;
  readonly id: string;
  readonly appendedAt: number;
  readonly family: ExperienceFamily;
  readonly objects: Partial<Record<ObservedObject, { readonly uid?: unknown }>>;
}

/** The event was validated: what identifies its objects is there. */
type Kept = Pick<ExperienceObserved, ObservedObject>;

/** By field: the newest event of the persons that told it, and the time of the newest of others. */
interface Known {
  readonly told: (Told | undefined)[];
  readonly elsewhere: number[];
}

type Objects = (member: ObservedObject) => ObjectReader | undefined;

/**
 * Finds out what only certain persons' events told of experiences, from all events in any order: for each field of
 * an experience, and of its steps and tasks, the newest event that told it, if it is one of theirs. So whatever
 * fields a read model keeps together, the newest event that told any of them is kept. What it remembers grows with
 * the number of experiences, not with that of events.
 */
export class Observations {
  private readonly known = new Map<string, Known>();

  /** @param isTheirs whether it is an event of one of the persons; one that will be gone from the log counts as none */
  add(event: CatalogEvent, isTheirs: boolean): void {
    try {
      this.tell(event, isTheirs);
    } catch (error) {
      // Another producer's record that holds something else: no read model takes anything of it.
      if (!(error instanceof CannotApply)) throw error;
    }
  }

  /** What is to be kept, the same whenever the same events were added. */
  records(): SystemRecord[] {
    const kept = new Set<Told>();
    for (const { told, elsewhere } of this.known.values())
      told.forEach((each, i) => {
        if (each !== undefined && !((elsewhere[i] ?? Number.NEGATIVE_INFINITY) > each.time)) kept.add(each);
      });
    const records = new Map<string, SystemRecord>();
    // Events of several persons may have told the same: the log has said so since the first of them.
    for (const { appendedAt, ...told } of [...kept].sort((a, b) => b.appendedAt - a.appendedAt)) {
      const { workspace, time, family, objects } = told;
      const record = experienceObserved({
        ...{ workspace, time, appendedAt, family },
        ...(objects as Told['objects'] & Kept),
      });
      records.set(record.key, record);
    }
    return [...records.values()];
  }

  private tell(event: CatalogEvent, isTheirs: boolean): void {
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
    if (!isTheirs) return this.each(event.workspace, objects, (known, i) => seen(known, i, event.time));
    let told: Told | undefined;
    this.each(event.workspace, objects, ({ told: newest }, i) => {
      if (newest[i] === undefined || isNewer(event, newest[i])) newest[i] = told ??= toldBy(event, objects);
    });
  }

  /** It outweighs whatever was told at its time, too. */
  private addObserved(event: CatalogEvent): void {
    const { workspace, time, object } = readExperienceObserved(event);
    this.each(workspace, object, (known, i) => seen(known, i, time + 0.5));
  }

  private each(workspace: string, objects: Objects, take: (known: Known, field: number) => void): void {
    const uid = objects('experience')?.get('uid');
    if (!isUuid(uid)) return;
    const experience = `${workspace}\u0000${uid.toLowerCase()}`;
    for (const member of OBSERVED_OBJECTS) {
      const object = objects(member);
      if (!object) continue;
      const part = member === 'step' || member === 'task' ? (object.get('uid') as string) : '';
      const known = this.knownOf(`${experience}\u0000${member}\u0000${part}`);
      FIELDS[member].forEach((field, i) => {
        if (object.get(field) !== undefined) take(known, i);
      });
    }
  }

  private knownOf(key: string): Known {
    let known = this.known.get(key);
    if (!known) this.known.set(key, (known = { told: [], elsewhere: [] }));
    return known;
  }
}

function seen({ elsewhere }: Known, field: number, time: number): void {
  const newest = elsewhere[field];
  if (newest === undefined || time > newest) elsewhere[field] = time;
}

function isNewer({ time, id }: CatalogEvent, other: Told): boolean {
  return time !== other.time ? time > other.time : id > other.id;
}

function toldBy(event: CatalogEvent, objects: Objects): Told {
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
