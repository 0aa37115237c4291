import { Doc, Usually } from './class-metadata';
import { EXPERIENCE_TYPES } from './families';
import { IsUid, IsUidIfPresent, IsUuid } from './rules';

// The objects that events carry, and nothing else. Only what identifies, keys or joins is checked; every other field
// is what Jimo usually sends there and may hold anything, because one odd field must not keep an event from being
// applied. Source: the vendor's reference and its two published examples.

const TEXT = { type: 'string' };
const TEXT_OR_NULL = { type: ['string', 'null'] };
const NUMBER = { type: 'number' };
const oneOf = (...values: readonly string[]) => ({ type: 'string', enum: values });

@Doc('A tour, survey, checklist, hint or banner; a changelog post is taken to have the same shape.')
export class Experience {
  @IsUuid() readonly uid!: string;
  @Usually(TEXT) readonly title?: unknown;
  @Usually(oneOf(...EXPERIENCE_TYPES)) readonly type?: unknown;
  @Usually(oneOf('LIVE', 'PAUSED')) readonly state?: unknown;
  @Usually({ type: 'boolean' }) readonly isDraft?: unknown;

  @Doc('ISO-8601, as all of its times; null while a draft.')
  @Usually(TEXT_OR_NULL)
  readonly publishedAt?: unknown;

  @Usually(TEXT) readonly createdAt?: unknown;
  @Usually(TEXT_OR_NULL) readonly expiresAt?: unknown;

  @Usually(oneOf('DEFAULT', 'EVENT', 'MANUAL', 'LEAVE_PAGE', 'URL', 'NONE'))
  readonly triggerType?: unknown;

  @Usually(oneOf('SINGLE_TIME', 'EVERY_TIME', 'DAY_BASED')) readonly recurrencyType?: unknown;

  @Doc('A number of days when the recurrence is DAY_BASED.')
  @Usually(NUMBER)
  readonly recurrencyValue?: unknown;

  @Doc('Newer deliveries only.')
  @Usually({ type: 'array', items: { type: 'object', properties: { uid: TEXT, name: TEXT } } })
  readonly tags?: unknown;
}

@Doc("A member of the customer's team.")
export class User {
  @IsUuid() readonly uid!: string;
  @Usually(TEXT) readonly email?: unknown;
  @Usually(TEXT) readonly firstName?: unknown;
  @Usually(TEXT) readonly lastName?: unknown;
}

@Doc("An end user of the customer's product.")
export class Jimer {
  @IsUuid() readonly uid!: string;

  @Doc("The customer's own user id; null for an anonymous one (assumed).")
  @Usually(TEXT_OR_NULL)
  readonly identifyToken?: unknown;

  @Usually(TEXT_OR_NULL) readonly username?: unknown;
  @Usually(TEXT_OR_NULL) readonly email?: unknown;
  @Usually(TEXT) readonly createdAt?: unknown;
  @Usually(TEXT) readonly lastActivityAt?: unknown;
}

export class Project {
  @IsUuid() readonly uid!: string;
  @Usually(TEXT) readonly name?: unknown;
}

export class Step {
  @IsUid() readonly uid!: string;
  @Usually(TEXT) readonly name?: unknown;
  @Doc('From 0.') @Usually(NUMBER) readonly indexOrder?: unknown;

  @Usually(
    oneOf(
      'OPINION_SCALE',
      'MULTIPLE_CHOICE_MULTI_SELECT',
      'MULTIPLE_CHOICE_SINGLE_SELECT',
      'TEXT_LONG',
      'SLIDER',
      'NPS',
      'TEXT_BLOCK',
      'CONCEPT_TEST',
      'INTERVIEW',
      'SUCCESS',
      'CHECKLIST',
    ),
  )
  readonly type?: unknown;
}

export class Answer {
  @IsUid() readonly uid!: string;
  @Doc("Any JSON: it varies with the step's type.") readonly value?: unknown;
}

export class Task {
  @IsUid() readonly uid!: string;
  @Usually(TEXT) readonly name?: unknown;
}

@Doc('Not described by the vendor at all, its uid included.')
export class Comment {
  @IsUidIfPresent() readonly uid?: string | null;
}

@Doc("One jimer's response to a survey (assumed: not the experience). Only the uid may be relied on.")
export class Survey {
  @IsUid() readonly uid!: string;
}

@Doc('A call to action. Only the uid may be relied on.')
export class Cta {
  @IsUid() readonly uid!: string;
}

@Doc('A feedback submission. Only the uid may be relied on.')
export class Request {
  @IsUid() readonly uid!: string;
}
