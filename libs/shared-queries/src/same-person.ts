import { folded, foldedStart } from '@app/projections';

/** What two records of one person have in common. */
export const SHARED_FIELDS = ['email', 'identifyToken'] as const;

/** Another record of somebody: Jimo may know one person under several uids. */
export interface OtherRecord {
  readonly uid: string;
  readonly workspace: string;
  readonly username: string | null;
  readonly sharing: readonly (typeof SHARED_FIELDS)[number][];
}

type Query = (sql: string, values: readonly unknown[]) => Promise<readonly OtherRecord[]>;

/** As many are given: an address such as that of a support desk may be shared by thousands. */
export const MOST_OTHERS = 100;

/** Placeholders are in no row, so what two rows share is somebody's own. */
const SAME_EMAIL = [foldedStart, folded]
  .map((form) => `${form('j.email')} = ${form('a.email')}`)
  .join(' AND ');
const SAME_TOKEN =
  'left(j.identify_token, 200) = left(a.identify_token, 200) AND j.identify_token = a.identify_token';

/**
 * Records that have the e-mail address or the identify token of one of these, without themselves; the one that was
 * heard of last first, at most 100. To be asked before an erasure, which takes away what they are found by.
 *
 * @param within the workspace to look in; null: in all
 */
export function othersOf(
  query: Query,
  jimers: readonly { readonly workspace: string; readonly jimerUid: string }[],
  within: string | null,
): Promise<readonly OtherRecord[]> {
  const found = (shared: string, condition: string): string =>
    `SELECT j.workspace, j.jimer_uid, j.username, j.last_event_at, '${shared}' AS shared
       FROM asked AS a JOIN read_models.jimer AS j ON ${condition}
      WHERE $3::text IS NULL OR j.workspace = $3`;
  return query(
    `WITH asked AS (
       SELECT j.* FROM unnest($1::text[], $2::uuid[]) AS named (workspace, jimer_uid)
         JOIN read_models.jimer AS j USING (workspace, jimer_uid)
     )
     SELECT o.jimer_uid AS uid, o.workspace, o.username, array_agg(DISTINCT o.shared) AS sharing
       FROM (${found('email', SAME_EMAIL)} UNION ALL ${found('identifyToken', SAME_TOKEN)}) AS o
      WHERE NOT EXISTS (SELECT FROM asked AS a WHERE a.workspace = o.workspace AND a.jimer_uid = o.jimer_uid)
      GROUP BY o.workspace, o.jimer_uid, o.username, o.last_event_at
      ORDER BY o.last_event_at DESC, o.jimer_uid LIMIT ${MOST_OTHERS}`,
    [jimers.map(({ workspace }) => workspace), jimers.map(({ jimerUid }) => jimerUid), within],
  );
}
