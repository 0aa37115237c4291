import { type EventClass, propertiesOf, sentenceOf } from '../class-metadata';
import type * as objects from '../objects';
import { type CatalogTopic, TOPICS } from '../topics';
import type { JimerEvent, PostJimerEvent, PostTeamEvent, TeamEvent } from './bases';

/** The part that an object plays in an event, by its class. A post plays the part of the experience. */
export type Role = Uncapitalize<keyof typeof objects>;

/** What an event means decides two things about it. */
interface Weight {
  /**
   * Decides between contributions of the same time: what a team did to an experience outweighs what a jimer saw of
   * it, and a later station of its life outweighs an earlier one (contract: "on a tie of times").
   */
  readonly rank: number;
  /**
   * Place among the events of one second in a jimer's timeline: the lower one is earlier, since it has to have happened
   * before the others could. Nothing that is merged depends on it. null: never in a timeline.
   */
  readonly sequence: number | null;
}

const TEAM_MEANINGS = {
  creation: { rank: 1, sequence: null },
  publication: { rank: 2, sequence: null },
  'status change': { rank: 3, sequence: null },
  deletion: { rank: 4, sequence: null },
} as const satisfies Record<string, Weight>;

/** The rank of everything that a jimer does. */
export const RANK_OF_ENGAGEMENT = 0;
const JIMER_MEANINGS = {
  view: { rank: RANK_OF_ENGAGEMENT, sequence: 0 },
  start: { rank: RANK_OF_ENGAGEMENT, sequence: 1 },
  // A task that is skipped and completed in one second is completed (contract).
  'task skip': { rank: RANK_OF_ENGAGEMENT, sequence: 2 },
  'task completion': { rank: RANK_OF_ENGAGEMENT, sequence: 3 },
  click: { rank: RANK_OF_ENGAGEMENT, sequence: 3 },
  answer: { rank: RANK_OF_ENGAGEMENT, sequence: 3 },
  like: { rank: RANK_OF_ENGAGEMENT, sequence: 3 },
  comment: { rank: RANK_OF_ENGAGEMENT, sequence: 3 },
  submission: { rank: RANK_OF_ENGAGEMENT, sequence: 3 },
  completion: { rank: RANK_OF_ENGAGEMENT, sequence: 4 },
  dismissal: { rank: RANK_OF_ENGAGEMENT, sequence: 5 },
} as const satisfies Record<string, Weight>;

const MEANINGS: Readonly<Record<Meaning, Weight>> = { ...TEAM_MEANINGS, ...JIMER_MEANINGS };

/** What a member of the team has done to an experience. */
export type TeamMeaning = keyof typeof TEAM_MEANINGS;
export const isTeamMeaning = (means: Meaning): means is TeamMeaning => means in TEAM_MEANINGS;

/** What a jimer has done. */
export type JimerMeaning = keyof typeof JIMER_MEANINGS;
/** What an event says that happened, in whatever family of experiences. Handlers go by this and not by names. */
export type Meaning = TeamMeaning | JimerMeaning;

export interface EventDefinition<N extends string = string, T extends object = object> {
  readonly name: N;
  /** What happened, in a sentence: that of the class. */
  readonly doc: string;
  /** The class that validates it. */
  readonly type: new () => T;
  readonly topic: CatalogTopic;
  /** The object whose uid chooses the partition. */
  readonly partitionBy: 'experience' | 'jimer' | 'request';
  /** The objects that identify an occurrence, and that the event must carry: those of the class. */
  readonly objects: readonly Role[];
  readonly means: Meaning;
  readonly rank: number;
  readonly sequence: number | null;
}

/** An event that a member of the customer's team causes. */
export function lifecycle<const N extends string, T extends TeamEvent | PostTeamEvent>(
  name: N,
  type: new () => T,
  means: TeamMeaning,
): EventDefinition<N, T> {
  return { ...declared(name, type, means), topic: TOPICS.lifecycle, partitionBy: 'experience' };
}

/** Something that a jimer does with an experience. */
export function engagement<const N extends string, T extends JimerEvent | PostJimerEvent>(
  name: N,
  type: new () => T,
  means: Exclude<JimerMeaning, 'submission'>,
): EventDefinition<N, T> {
  return { ...declared(name, type, means), topic: TOPICS.engagement, partitionBy: 'jimer' };
}

/** Submitted feedback. */
export function feedback<const N extends string, T extends Record<'request' | 'jimer', object>>(
  name: N,
  type: new () => T,
): EventDefinition<N, T> {
  return { ...declared(name, type, 'submission'), topic: TOPICS.feedback, partitionBy: 'request' };
}

function declared<N extends string, T extends object>(name: N, type: new () => T, means: Meaning) {
  return { name, doc: sentenceOf(type), type, objects: rolesOf(type), means, ...MEANINGS[means] };
}

function rolesOf(type: EventClass): readonly Role[] {
  const members = propertiesOf(type).flatMap(({ name, holds }) => (holds ? [name] : []));
  return [...new Set(members.map((member) => (member === 'post' ? 'experience' : member)))] as Role[];
}
