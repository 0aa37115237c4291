import type { ExperienceType } from '../objects';
import { uuidOf } from './random';

const TYPES: readonly ExperienceType[] = ['TOUR', 'SURVEY', 'CHECKLIST', 'POST', 'HINT', 'BANNER'];
const TRIGGERS = ['DEFAULT', 'EVENT', 'MANUAL', 'LEAVE_PAGE', 'URL', 'NONE'];
const RECURRENCES = ['SINGLE_TIME', 'EVERY_TIME', 'DAY_BASED'];
const TITLES = ['Onboarding', 'What’s new', 'Tell us more', 'First steps', 'Try the editor', 'Année 2025 🎉'];
const TAGS = ['activation', 'retention', 'beta', 'enterprise'];
const FIRST_NAMES = ['Ada', 'Grace', 'Linus', 'Chloé', 'Zoë', 'Sam', 'Noor', 'Jörg', 'Mina', 'Bao'];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

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
  constructor(private readonly seed: number) {}

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
    const tags =
      index % 3 === 0
        ? ''
        : `,"tags":[{"uid":"tag-${index % TAGS.length}","name":"${TAGS[index % TAGS.length]}"}]`;
    return (
      `{"uid":"${uid}","title":"${TITLES[index % TITLES.length]} ${index + 1}${edition > 1 ? ` v${edition}` : ''}",` +
      `"type":"${type}","state":"${paused ? 'PAUSED' : 'LIVE'}","isDraft":${at < publishedAt},` +
      `"publishedAt":${at < publishedAt ? 'null' : iso(publishedAt)},"createdAt":${iso(createdAt)},` +
      `"expiresAt":${index % 7 === 5 ? iso(createdAt + 400 * DAY) : 'null'},` +
      `"triggerType":"${TRIGGERS[index % TRIGGERS.length]}",` +
      `"recurrencyType":"${RECURRENCES[index % RECURRENCES.length]}",` +
      `"recurrencyValue":${index % RECURRENCES.length === 2 ? 7 : 1}${tags}}`
    );
  }

  /** The snapshot of a jimer: every fifth is anonymous, some have no or an odd e-mail address. */
  jimer(index: number, at: number, since: number): string {
    const known = index % 5 !== 4;
    const name = FIRST_NAMES[index % FIRST_NAMES.length]!;
    const email =
      known && index % 7 !== 3
        ? index % 97 === 0
          ? '"[email\u00a0protected]"'
          : `"user${index}@customer${index % 40}.example"`
        : 'null';
    return (
      `{"uid":"${this.uid('jimer', index)}","identifyToken":${known ? `"user-${index}"` : 'null'},` +
      `"username":${known ? `"${name} ${index}"` : 'null'},"email":${email},` +
      `"createdAt":${iso(since - (1 + (index % 300)) * 17 * HOUR)},"lastActivityAt":${iso(at - 1000)}}`
    );
  }

  user(index: number): string {
    const member = index % 5;
    const name = FIRST_NAMES[member * 2]!;
    return (
      `{"uid":"${this.uid('user', member)}","email":"team${member}@customer.example",` +
      `"firstName":"${name}","lastName":"at Jimo"}`
    );
  }
}

function iso(time: number): string {
  return `"${new Date(time).toISOString()}"`;
}
