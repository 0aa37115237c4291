import { hash } from 'node:crypto';
import type { EngineEvent, LogRecord } from '@app/engine';
import { IsIn } from 'class-validator';
import { Doc, Usually } from '../class-metadata';
import type { CatalogEvent } from '../decode';
import { RANK_OF_ENGAGEMENT } from '../events/definition';
import type { ObjectReader } from '../json/object-reader';
import { EXPERIENCE_FAMILIES, type ExperienceFamily } from '../families';
import { epochMilliseconds } from '../header-text';
import { Experience, Step, Task } from '../objects';
import { type Condition, HasObject, OnlyIf } from '../rules';
import { TOPICS } from '../topics';
import { systemEvent, systemRecord, type SystemRecord, readSystemEvent } from './system-event';

export const EXPERIENCE_OBSERVED = 'experience.observed';

/** The objects of a jimer's event that are about the experience and not about the person. */
export const OBSERVED_OBJECTS = ['experience', 'user', 'step', 'task'] as const;
export type ObservedObject = (typeof OBSERVED_OBJECTS)[number];

const has = (member: ObservedObject): Condition => ({
  holds: (observed) => (observed as Readonly<Record<string, unknown>>)[member] !== undefined,
  schema: { required: [member] },
});

@Doc(
  "What a jimer's event told of an experience, without the jimer: it stands for that event, at its time, when " +
    'the jimer is erased. It may tell a part of what the event told.',
)
export class ExperienceObserved {
  @Doc("Of the event that it stands for, which tells the experience's type where the snapshot does not.")
  @IsIn(EXPERIENCE_FAMILIES)
  readonly family!: ExperienceFamily;
  @HasObject(Experience) readonly experience!: Experience;

  @Doc('A member of the team, in the rare event of a jimer that names one.')
  @Usually({ type: 'object', properties: { uid: { type: 'string' }, email: { type: 'string' } } })
  readonly user?: unknown;

  /** Of a survey. */
  @OnlyIf(has('step')) @HasObject(Step) readonly step?: Step | undefined;
  /** Of a checklist. */
  @OnlyIf(has('task')) @HasObject(Task) readonly task?: Task | undefined;
}

export const experienceObservedEvent = systemEvent(
  EXPERIENCE_OBSERVED,
  ExperienceObserved,
  [TOPICS.engagement],
  'experience.uid',
);

/** An extension attribute of CloudEvents. It is no part of the payload, which decides on the event id and the key. */
const APPENDED_TIME = 'ce_appendedtime';

/** The greatest event id there is. */
const LAST_EVENT_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export function experienceObserved(
  about: ExperienceObserved & {
    readonly workspace: string;
    /** Of the event that it stands for, epoch milliseconds. */
    readonly time: number;
    /** When that event was appended, epoch milliseconds. */
    readonly appendedAt: number;
  },
): SystemRecord {
  const { workspace, time, appendedAt, family, experience, user, step, task } = about;
  const payload = { family, experience, user, step, task };
  const record = systemRecord(experienceObservedEvent, {
    workspace,
    time,
    topic: TOPICS.engagement,
    partitionKey: experience.uid.toLowerCase(),
    // Nothing of the event that it stands for, whose id is made from the jimer's uid.
    identity: { told: hash('sha256', JSON.stringify(payload), 'hex') },
    payload,
  });
  return { ...record, headers: { ...record.headers, [APPENDED_TIME]: new Date(appendedAt).toISOString() } };
}

/**
 * Since when the log says what a record says, epoch milliseconds: since the record was appended or, where it stands
 * for an event that is gone, since that event was.
 */
export function loggedAt({ headers, timestamp }: Pick<LogRecord, 'headers' | 'timestamp'>): number {
  const stated = headers.text(APPENDED_TIME);
  const time = stated === undefined ? Number.NaN : epochMilliseconds(stated);
  return Number.isNaN(time) ? timestamp : Math.min(time, timestamp);
}

/** The event as read models take it. */
export interface Observation extends EngineEvent {
  readonly family: ExperienceFamily;
  readonly object: (member: ObservedObject) => ObjectReader | undefined;
}

/**
 * It outweighs the event that it stands for, whose time and rank it has, by its id: so a table that merged that
 * event before ends in the same row as one that is made when the event is gone.
 *
 * @throws {CannotApply} when the record holds something else (another producer wrote it)
 */
export function readExperienceObserved(event: CatalogEvent): Observation {
  const { family } = readSystemEvent(experienceObservedEvent, event);
  const { workspace, name, time } = event;
  const object = (member: ObservedObject): ObjectReader | undefined => event.object(member);
  return { workspace, name, time, id: LAST_EVENT_ID, rank: RANK_OF_ENGAGEMENT, family, object };
}
