import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsInt, Min } from 'class-validator';
import { Doc } from '../class-metadata';
import type { CatalogEvent } from '../decode';
import { Jimer, Request } from '../objects';
import { HasObject, IsText, IsTextOrNull, IsUid, IsUidIfPresent, IsUuid } from '../rules';
import { TOPICS } from '../topics';
import { systemEvent, systemRecord, type SystemRecord, readSystemEvent } from './system-event';

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

@Doc('How a change leaves an item: all of it, so that what stands is never a mixture of two changes.')
export class TriagedItem {
  @IsIn(FEEDBACK_STATUSES) readonly status!: FeedbackStatus;

  @Doc('Sorted by UTF-8 bytes.')
  @IsArray()
  @ArrayMaxSize(TRIAGE_LIMITS.tags)
  @ArrayUnique()
  @IsText(1, TRIAGE_LIMITS.tag, { each: true })
  readonly tags!: readonly string[];

  @IsTextOrNull(TRIAGE_LIMITS.assignee) readonly assignee!: string | null;
  @IsTextOrNull(TRIAGE_LIMITS.note) readonly note!: string | null;

  @Doc('Uid of the request that this one repeats.') @IsUidIfPresent() readonly mergedInto!: string | null;
}

@Doc('Somebody has changed how an item of the backlog stands. The item as it was submitted is version 1.')
export class BacklogItemTriaged {
  @HasObject(Request) readonly request!: Request;
  /** Who submitted the request: when the jimer is erased, what was made of it goes too. */
  @HasObject(Jimer) readonly jimer!: Jimer;
  @Doc('The version that the change makes.') @IsInt() @Min(2) readonly version!: number;
  @HasObject(TriagedItem) readonly item!: TriagedItem;
  @IsArray() @IsIn(TRIAGED_FIELDS, { each: true }) readonly changed!: readonly TriagedField[];

  @Doc('Tells apart changes that make the same version: at most one of them was answered.')
  @IsUuid()
  readonly change!: string;

  @Doc('What the token grants, which is all that is known of who presents it.')
  @IsUid()
  readonly by!: string;

  @Doc('Who made the change, as the caller says.')
  @IsTextOrNull(TRIAGE_LIMITS.actor)
  readonly actor!: string | null;
}

export const backlogItemTriagedEvent = systemEvent(
  BACKLOG_ITEM_TRIAGED,
  BacklogItemTriaged,
  [TOPICS.feedback],
  'request.uid',
);

/** The record of the change, for the partition of the request's own. */
export function backlogItemTriaged(
  about: BacklogItemTriaged & {
    readonly workspace: string;
    /** Epoch milliseconds. */
    readonly time: number;
  },
): SystemRecord {
  const { workspace, time, request, jimer, version, item, changed, change, by, actor } = about;
  return systemRecord(backlogItemTriagedEvent, {
    workspace,
    time,
    topic: TOPICS.feedback,
    partitionKey: request.uid.toLowerCase(),
    identity: { request: request.uid, change },
    payload: { request, jimer, version, item, changed, change, by, actor },
  });
}

/** @throws {CannotApply} when the record holds something else (another producer wrote it) */
export function readBacklogItemTriaged(event: CatalogEvent): BacklogItemTriaged {
  return readSystemEvent(backlogItemTriagedEvent, event);
}
