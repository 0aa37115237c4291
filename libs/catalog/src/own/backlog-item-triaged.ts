import { CannotApply } from '@app/engine';
import { plainToInstance } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  IsUUID,
  Length,
  MaxLength,
  Min,
  ValidateIf,
  validateSync,
} from 'class-validator';
import type { CatalogEvent } from '../decode';
import { Jimer, Request } from '../objects';
import { HasObject, IsUid, IsUidIfPresent } from '../rules';
import { TOPICS } from '../topics';
import { ownRecord, type OwnRecord } from './own-event';

export const BACKLOG_ITEM_TRIAGED = 'backlog.item.triaged';

export const FEEDBACK_STATUSES = [
  'new',
  'under-review',
  'planned',
  'in-progress',
  'done',
  'declined',
] as const;
export type FeedbackStatus = (typeof FEEDBACK_STATUSES)[number];

export const TRIAGED_FIELDS = ['status', 'tags', 'assignee', 'note', 'mergedInto'] as const;
export type TriagedField = (typeof TRIAGED_FIELDS)[number];

/** In characters, and number of tags. */
export const TRIAGE_LIMITS = { tags: 20, tag: 50, assignee: 200, note: 10_000, actor: 200 } as const;

/** How a change leaves an item: all of it, so that what stands is never a mixture of two changes. */
export class TriagedItem {
  @IsIn(FEEDBACK_STATUSES) readonly status!: FeedbackStatus;

  /** Sorted by UTF-8 bytes. */
  @IsArray()
  @ArrayMaxSize(TRIAGE_LIMITS.tags)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, TRIAGE_LIMITS.tag, { each: true })
  readonly tags!: readonly string[];

  @IsTextOrNull(TRIAGE_LIMITS.assignee) readonly assignee!: string | null;
  @IsTextOrNull(TRIAGE_LIMITS.note) readonly note!: string | null;

  /** Uid of the request that this one repeats. */
  @IsUidIfPresent() readonly mergedInto!: string | null;
}

/** Somebody has changed how an item of the backlog stands. The item as it was submitted is version 1. */
export class BacklogItemTriaged {
  @HasObject(() => Request) readonly request!: Request;
  /** Who submitted the request: when the jimer is erased, what was made of it goes too. Null when nobody knows. */
  @IsNullOr(HasObject(() => Jimer)) readonly jimer!: Jimer | null;
  /** The version that the change makes. */
  @IsInt() @Min(2) readonly version!: number;
  @HasObject(() => TriagedItem) readonly item!: TriagedItem;
  @IsArray() @IsIn(TRIAGED_FIELDS, { each: true }) readonly changed!: readonly TriagedField[];
  /** Tells apart changes that make the same version: at most one of them was answered. */
  @IsUUID('loose') readonly change!: string;
  /** What the token grants, which is all that is known of who presents it. */
  @IsUid() readonly by!: string;
  /** Who made the change, as the caller says. */
  @IsTextOrNull(TRIAGE_LIMITS.actor) readonly actor!: string | null;
}

function IsTextOrNull(longest: number): PropertyDecorator {
  return IsNullOr(IsString(), MaxLength(longest));
}

function IsNullOr(...rules: readonly PropertyDecorator[]): PropertyDecorator {
  const present = ValidateIf((_object, value: unknown) => value !== null);
  return (target, property) => {
    for (const rule of [present, ...rules]) rule(target, property);
  };
}

/** The record of the change, for the partition of the request's own. */
export function backlogItemTriaged(
  about: BacklogItemTriaged & {
    readonly workspace: string;
    /** Epoch milliseconds. */
    readonly time: number;
  },
): OwnRecord {
  const { workspace, time, request, jimer, version, item, changed, change, by, actor } = about;
  return ownRecord({
    name: BACKLOG_ITEM_TRIAGED,
    workspace,
    time,
    topic: TOPICS.feedback,
    partitionKey: request.uid.toLowerCase(),
    identity: { request: request.uid, change },
    payload: { request, jimer, version, item, changed, change, by, actor } satisfies BacklogItemTriaged,
  });
}

/** @throws {CannotApply} when the record holds something else (another producer wrote it) */
export function readBacklogItemTriaged(event: CatalogEvent): BacklogItemTriaged {
  const triaged = plainToInstance(BacklogItemTriaged, event.payload);
  const [error] = validateSync(triaged, { stopAtFirstError: true, validationError: { target: false } });
  if (!error) return triaged;
  throw new CannotApply(
    `the record's value is not that of ${BACKLOG_ITEM_TRIAGED}: ${error.property} is invalid`,
  );
}
