import type { ExperienceType } from '../families';
import { type Random, uuidOf } from './random';
import type { Words } from './words';
import { DAY, HOUR } from './options';

const TYPES: readonly ExperienceType[] = ['TOUR', 'SURVEY', 'CHECKLIST', 'POST', 'HINT', 'BANNER'];
const TRIGGERS = ['DEFAULT', 'EVENT', 'MANUAL', 'LEAVE_PAGE', 'URL', 'NONE'];
const RECURRENCES = ['SINGLE_TIME', 'EVERY_TIME', 'DAY_BASED'];

const KIND = {
  experience: 1,
  jimer: 2,
  user: 3,
  project: 4,
  request: 5,
  survey: 6,
  comment: 7,
  answer: 8,
} as const;

/** An experience and its life; a time that never comes is infinite. */
export interface GeneratedExperience {
  readonly index: number;
  readonly uid: string;
  readonly type: ExperienceType;
  readonly createdAt: number;
  readonly publishedAt: number;
  readonly deletedAt: number;
  /** Each changes LIVE to PAUSED or back. */
  readonly switches: readonly number[];
}

export class Objects {
  constructor(
    private readonly seed: number,
    readonly words: Words,
  ) {}

  uid(kind: keyof typeof KIND, index: number): string {
    return uuidOf(this.seed, KIND[kind], index);
  }

  typeOf(index: number): ExperienceType {
    return TYPES[index % TYPES.length]!;
  }

  /** The snapshot of an experience as it was at a time: its title changes now and then, without an event. */
  experience(
    { index, uid, type, createdAt, publishedAt, switches }: GeneratedExperience,
    at: number,
  ): string {
    const paused = switches.filter((time) => time <= at).length % 2 === 1;
    const edition = Math.floor((at - createdAt) / (10 * DAY)) + 1;
    const tag = this.words.tag(index);
    const tags = tag === null ? '' : `,"tags":[{"uid":"tag-${index % 4}","name":"${tag}"}]`;
    const title = this.words.title(index, type, edition);
    return (
      `{"uid":"${uid}","title":${JSON.stringify(title)},` +
      `"type":"${type}","state":"${paused ? 'PAUSED' : 'LIVE'}","isDraft":${at < publishedAt},` +
      `"publishedAt":${at < publishedAt ? 'null' : iso(publishedAt)},"createdAt":${iso(createdAt)},` +
      `"expiresAt":${index % 7 === 5 ? iso(createdAt + 400 * DAY) : 'null'},` +
      `"triggerType":"${TRIGGERS[index % TRIGGERS.length]}",` +
      `"recurrencyType":"${RECURRENCES[index % RECURRENCES.length]}",` +
      `"recurrencyValue":${index % RECURRENCES.length === 2 ? 7 : 1}${tags}}`
    );
  }

  /** The snapshot of a jimer; nothing but the uid is known of some. */
  jimer(index: number, at: number, since: number): string {
    const person = this.words.person(index);
    return (
      `{"uid":"${this.uid('jimer', index)}","identifyToken":${person ? `"user-${index}"` : 'null'},` +
      `"username":${JSON.stringify(person?.name ?? null)},"email":${JSON.stringify(person?.email ?? null)},` +
      `"createdAt":${iso(since - (1 + (index % 300)) * 17 * HOUR)},"lastActivityAt":${iso(at - 1000)}}`
    );
  }

  user(index: number): string {
    const member = index % 5;
    return JSON.stringify({ uid: this.uid('user', member), ...this.words.member(member) });
  }

  /** @param number of the requests so far; `occurrence` of all events */
  request(random: Random, number: number, occurrence: number): string {
    const { title, description, project } = this.words.request(random, number, occurrence);
    const request = { uid: this.uid('request', occurrence), title, description };
    const { index, name } = project;
    const of = { uid: this.uid('project', index), name };
    return `,"request":${JSON.stringify(request)},"project":${JSON.stringify(of)}`;
  }
}

function iso(time: number): string {
  return `"${new Date(time).toISOString()}"`;
}
