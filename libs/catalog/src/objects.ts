import { IsUid, IsUidIfPresent, IsUuidUid } from './rules';

/**
 * The objects that events carry. Only what identifies, keys or joins is checked; every other field is what
 * Jimo usually sends there and may hold anything, because one odd field must not keep an event from being
 * applied. Source: the vendor's reference and its two published examples.
 */
// eslint-disable-next-line @typescript-eslint/no-unused-vars -- the usual type is for the reader
export type Unchecked<_Usual> = unknown;

export type ExperienceType = 'TOUR' | 'SURVEY' | 'BANNER' | 'HINT' | 'CHECKLIST' | 'POST';

/** A tour, survey, checklist, hint or banner; a changelog post is taken to have the same shape. */
export class Experience {
  @IsUuidUid() readonly uid!: string;
  readonly title?: Unchecked<string>;
  readonly type?: Unchecked<ExperienceType>;
  readonly state?: Unchecked<'LIVE' | 'PAUSED'>;
  readonly isDraft?: Unchecked<boolean>;
  /** ISO-8601, as all of its times; null while a draft. */
  readonly publishedAt?: Unchecked<string | null>;
  readonly createdAt?: Unchecked<string>;
  readonly expiresAt?: Unchecked<string | null>;
  readonly triggerType?: Unchecked<'DEFAULT' | 'EVENT' | 'MANUAL' | 'LEAVE_PAGE' | 'URL' | 'NONE'>;
  readonly recurrencyType?: Unchecked<'SINGLE_TIME' | 'EVERY_TIME' | 'DAY_BASED'>;
  /** A number of days when the recurrence is DAY_BASED. */
  readonly recurrencyValue?: Unchecked<number>;
  /** Newer deliveries only. */
  readonly tags?: Unchecked<readonly { readonly uid: string; readonly name: string }[]>;
}

/** A member of the customer's team. */
export class User {
  @IsUuidUid() readonly uid!: string;
  readonly email?: Unchecked<string>;
  readonly firstName?: Unchecked<string>;
  readonly lastName?: Unchecked<string>;
}

/** An end user of the customer's product. */
export class Jimer {
  @IsUuidUid() readonly uid!: string;
  /** The customer's own user id; null for an anonymous one (assumed). */
  readonly identifyToken?: Unchecked<string | null>;
  readonly username?: Unchecked<string | null>;
  readonly email?: Unchecked<string | null>;
  readonly createdAt?: Unchecked<string>;
  readonly lastActivityAt?: Unchecked<string>;
}

export class Project {
  @IsUuidUid() readonly uid!: string;
  readonly name?: Unchecked<string>;
}

export class Step {
  @IsUid() readonly uid!: string;
  readonly name?: Unchecked<string>;
  /** From 0. */
  readonly indexOrder?: Unchecked<number>;
  readonly type?: Unchecked<
    | 'OPINION_SCALE'
    | 'MULTIPLE_CHOICE_MULTI_SELECT'
    | 'MULTIPLE_CHOICE_SINGLE_SELECT'
    | 'TEXT_LONG'
    | 'SLIDER'
    | 'NPS'
    | 'TEXT_BLOCK'
    | 'CONCEPT_TEST'
    | 'INTERVIEW'
    | 'SUCCESS'
    | 'CHECKLIST'
  >;
}

export class Answer {
  @IsUid() readonly uid!: string;
  /** Any JSON: it varies with the step's type. */
  readonly value?: unknown;
}

export class Task {
  @IsUid() readonly uid!: string;
  readonly name?: Unchecked<string>;
}

/** Not described by the vendor at all, its uid included. */
export class Comment {
  @IsUidIfPresent() readonly uid?: string | null;
}

/** One jimer's response to a survey (assumed: not the experience). Only the uid may be relied on. */
export class Survey {
  @IsUid() readonly uid!: string;
}

/** A call to action. Only the uid may be relied on. */
export class Cta {
  @IsUid() readonly uid!: string;
}

/** A feedback submission. Only the uid may be relied on. */
export class Request {
  @IsUid() readonly uid!: string;
}
