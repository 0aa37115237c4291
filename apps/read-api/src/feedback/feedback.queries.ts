import { TRIAGED_FIELDS, type TriagedField, type TriagedItem } from '@app/catalog';
import type { RowOf } from '@app/engine';
import { FeedbackChange, UNTRIAGED, type FeedbackItem } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { gathered, Parameters, rowsIn } from '../common/database/statement';
import { isoTimeInJson } from '../common/database/times';
import { pick } from '../read-models/columns';
import { feedback, type FeedbackChangeDto, type FeedbackItemDto } from './feedback.dto';
import { historyOf, type MadeVersion } from './feedback.history';

type TriagedRow = Pick<RowOf<typeof FeedbackChange>, TriagedField>;
type ChangeRow = TriagedRow & Omit<MadeVersion, 'item'>;

const SHOWN_CHANGES = 100;
const SHOWN_DUPLICATES = 200;

const MERGED_FROM = gathered(
  // Two people may have submitted a request of one uid.
  `SELECT d.request_uid AS uid FROM read_models.feedback_item AS d
    WHERE d.workspace = f.workspace AND d.merged_into = f.request_uid AND d.created_at IS NOT NULL
    GROUP BY d.request_uid ORDER BY min(d.created_at), d.request_uid LIMIT ${SHOWN_DUPLICATES}`,
);
/** Newest first, and the one before the last that is shown, which that was made from. */
const HISTORY = gathered(
  `SELECT c.version, c.change_time AS time, c.changed_by AS by, c.actor, ${pick(FeedbackChange, ...TRIAGED_FIELDS).selectGathered('c')}
     FROM read_models.feedback_change AS c
    WHERE c.workspace = f.workspace AND c.request_uid = f.request_uid AND c.jimer_uid = f.jimer_uid
    ORDER BY c.version DESC LIMIT ${SHOWN_CHANGES + 1}`,
);

@Injectable()
export class FeedbackQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** The item in each workspace that knows it; at most two are given. */
  async find(uid: string, workspace: string | null): Promise<FeedbackItemDto[]> {
    const parameters = new Parameters();
    const conditions = [
      ...feedback.shown('f'),
      `f.request_uid = ${parameters.add(uid)}`,
      ...parameters.inWorkspace('f', workspace),
    ];
    const rows = await this.database.planned<
      RowOf<typeof FeedbackItem> & { readonly mergedFrom: string | null; readonly history: string | null }
    >(
      // Should a request ever have been submitted by two, the one that was triaged is meant: what was done stays in sight.
      `SELECT DISTINCT ON (f.workspace) ${feedback.select('f')}, ${MERGED_FROM} AS "mergedFrom", ${HISTORY} AS history
         FROM read_models.feedback_item AS f WHERE ${conditions.join(' AND ')}
        ORDER BY f.workspace, f.version DESC, f.created_at DESC, f.jimer_uid DESC LIMIT 2`,
      parameters.values,
    );
    return rows.map((row) => ({
      ...feedback.show(row),
      mergedFrom: rowsIn<{ readonly uid: string }>(row.mergedFrom).map((merged) => merged.uid),
      history: showHistory(rowsIn<ChangeRow>(row.history)),
    }));
  }
}

function showHistory(newestFirst: readonly ChangeRow[]): FeedbackChangeDto[] {
  const versions = newestFirst.toReversed().map((row): MadeVersion => {
    const { version, time, by, actor } = row;
    return { version, item: triagedIn(row), time: isoTimeInJson(time), by, actor };
  });
  if (versions.length <= SHOWN_CHANGES) return historyOf(versions);
  return historyOf(versions.slice(1), versions[0]!.item);
}

function triagedIn({ status, tags, assignee, note, mergedInto }: TriagedRow): TriagedItem {
  return {
    status: status ?? UNTRIAGED.status,
    tags: JSON.parse(tags ?? '[]') as string[],
    assignee,
    note,
    mergedInto,
  };
}
