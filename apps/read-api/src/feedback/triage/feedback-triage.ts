import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  backlogItemTriaged,
  TOPICS,
  TRIAGED_FIELDS,
  type SystemRecord,
  type TriagedItem,
} from '@app/catalog';
import { compareUtf8, formatPosition } from '@app/engine';
import { AppendUnavailable } from '@app/engine-kafka';
import { badParameter, unavailable, type Problem, type ReadGrant } from '@app/platform';
import { canonicalText, feedback as feedbackProjection } from '@app/projections';
import { Inject, Injectable } from '@nestjs/common';
import { callerOf } from '../../access/access';
import { onlyOne } from '../../common/http/only-one';
import { conflict } from '../../common/http/read-controller';
import { EVENT_LOG, type EventLog } from '../../common/kafka/event-log';
import { ProjectedLog } from '../../common/read-your-writes/projected-log';
import type { FeedbackItemDto } from '../feedback.dto';
import { changedFields, historyOf } from '../feedback.history';
import { FeedbackQueries } from '../feedback.queries';
import { assertExpected, type Expected } from './if-match';
import { ItemLocks, LockLost, type Held } from './item-locks';
import type { TriagedItemDto, TriageDto } from './triage.dto';

const APPEND_PATIENCE_MS = 8_000;

const APPEND_PAUSE_MS = 250;

const RETRY_AFTER_S = 5;

/** Who asks for a change, and on which versions. */
export interface Request {
  readonly workspace: string | null;
  readonly uid: string;
  readonly expected: Expected;
  readonly grant: ReadGrant;
}

/**
 * Changes of backlog items. Each is an event that holds all of the item as it leaves it, of the next version.
 *
 * An answer that was given stands: the event was durable while the item's lock was held (`ItemLocks`), so whoever
 * holds it next has seen the event (`ProjectedLog`) and makes a later version. A change whose outcome is not known
 * may still come to light; it can only be of a version that was answered to nobody, or one that is passed by.
 */
@Injectable()
export class FeedbackTriage {
  constructor(
    private readonly feedback: FeedbackQueries,
    private readonly locks: ItemLocks,
    private readonly projected: ProjectedLog,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /**
   * @returns the item as it will be once the change is projected
   * @throws {Problem} 400, 404, 409 for what it is merged into, 412 when it has another version, 503
   */
  async change(request: Request, change: TriageDto): Promise<TriagedItemDto> {
    if (TRIAGED_FIELDS.every((field) => change[field] === undefined))
      throw badParameter('body', `must have at least one of ${TRIAGED_FIELDS.join(', ')}`);
    const { uid, expected } = request;
    const known = onlyOne(await this.feedback.find(uid, request.workspace), 'feedback item');
    const { workspace } = known;
    // Versions only rise: nobody has to wait to be told so.
    if (expected?.every((version) => version < known.version)) assertExpected(expected, known.version);
    const target = change.mergedInto ?? null;
    if (target === uid) throw badParameter('mergedInto', 'must be another item');
    const items = [uid, ...(target === null ? [] : [target])].map((each) => ({ workspace, uid: each }));
    try {
      return await this.locks.holding(items, (held) => this.locked({ ...request, workspace }, change, held));
    } catch (error) {
      if (error instanceof LockLost) throw outcomeUnknown(error);
      throw error;
    }
  }

  private async locked(
    { workspace, uid, expected, grant }: Request,
    change: TriageDto,
    held: Held,
  ): Promise<TriagedItemDto> {
    await this.projected.toItsEnd(TOPICS.feedback, feedbackProjection.name);
    const before = onlyOne(await this.feedback.find(uid, workspace), 'feedback item');
    assertExpected(expected, before.version);
    const item = changedItem(before, change);
    const changed = changedFields(before, item);
    if (changed.length === 0) return { ...before, position: null };
    if (changed.includes('mergedInto') && item.mergedInto !== null)
      await this.assertMergeable(before.workspace, item.mergedInto);
    const version = before.version + 1;
    // A clock that was set back does not make the history run backwards. When it was submitted does not matter:
    // that is another's clock, and two who make one version must never have one time because of it.
    const last = before.history.at(-1);
    const time = last ? Math.max(held.now, Date.parse(last.time)) : held.now;
    const made = { version, item, by: callerOf(grant), actor: change.actor ?? null };
    // What was read may be older than what another has made since, or than what a database that crashed had shown.
    await held.confirm();
    const position = await this.append(
      backlogItemTriaged({
        ...made,
        ...{ workspace: before.workspace, time, changed },
        request: { uid },
        jimer: jimerOf(before),
        change: randomUUID(),
      }),
    );
    const newest = historyOf([{ ...made, time: new Date(time).toISOString() }], before);
    return { ...before, ...item, version, history: [...before.history, ...newest].slice(-100), position };
  }

  /** Only what is not merged itself: so no chain of them ever closes. */
  private async assertMergeable(workspace: string, uid: string): Promise<void> {
    const [target] = await this.feedback.find(uid, workspace);
    if (!target) throw badParameter('mergedInto', 'is the uid of no item of this workspace');
    if (target.mergedInto === null) return;
    const message = `is itself merged into ${target.mergedInto}`;
    throw conflict(`The item ${uid} ${message}: merge into that, or take ${uid} out of it first.`, [
      { path: 'mergedInto', message },
    ]);
  }

  /**
   * While it is not known whether the log took it, the same record is appended again, which changes nothing when
   * it did: until then nobody else may make this version.
   */
  private async append(record: SystemRecord): Promise<string> {
    for (const deadline = performance.now() + APPEND_PATIENCE_MS; ; await sleep(APPEND_PAUSE_MS))
      try {
        const [position] = await this.log.append([record]);
        return formatPosition(position!);
      } catch (error) {
        if (!(error instanceof AppendUnavailable)) throw error;
        if (performance.now() > deadline) throw outcomeUnknown(error);
      }
  }
}

function changedItem(before: FeedbackItemDto, change: TriageDto): TriagedItem {
  const { status, tags, assignee, note, mergedInto } = change;
  return {
    status: status ?? before.status,
    tags: tags === undefined ? before.tags : [...new Set(tags?.map(canonicalText))].sort(compareUtf8),
    assignee: assignee === undefined ? before.assignee : assignee && canonicalText(assignee),
    note: note === undefined ? before.note : note,
    mergedInto: mergedInto === undefined ? before.mergedInto : mergedInto,
  };
}

function jimerOf({ jimer }: FeedbackItemDto): { readonly uid: string } {
  // A request without one is not accepted, so it is in no read model.
  return { uid: (JSON.parse(jimer!.text) as { readonly uid: string }).uid };
}

function outcomeUnknown(cause: Error): Problem {
  const detail =
    'It is not known whether the change was stored. Read the item: it tells; if it was not, send the change again.';
  return unavailable(detail, RETRY_AFTER_S, cause);
}
