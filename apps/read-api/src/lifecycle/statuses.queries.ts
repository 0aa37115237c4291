import type { RowOf } from '@app/engine';
import { LifecycleEvent, type ExperienceStatus } from '@app/projections';
import type { ReadDatabase } from '../common/database/read-database';
import { selectAll } from '../common/database/select';
import { statusesAfter, type Snapshot } from './statuses';

export type LifecycleRow = RowOf<typeof LifecycleEvent>;

type ExperiencePlace = Pick<LifecycleRow, 'workspace' | 'experienceUid'>;

/** The select list of a lifecycle event: `LifecycleRow`. */
export const LIFECYCLE = selectAll(LifecycleEvent, 'l');

export const experienceOf = ({ workspace, experienceUid }: ExperiencePlace): string =>
  `${experienceUid} ${workspace}`;
export const eventOf = (row: ExperiencePlace & { readonly eventId: string }): string =>
  `${row.eventId} ${experienceOf(row)}`;

/**
 * The status after each event, by `eventOf`. What came before the first of an experience is not read but for the newest
 * snapshot, so that a page costs the same at any place of a history of any length.
 *
 * @param rows in any order; of each experience all events between two of its events
 * @param deletedAt when an experience was deleted first, by `experienceOf`
 */
export async function statusesOf(
  database: Pick<ReadDatabase, 'planned'>,
  rows: readonly LifecycleRow[],
  deletedAt: ReadonlyMap<string, number | null>,
): Promise<Map<string, ExperienceStatus>> {
  const stretches = [...Map.groupBy(rows, experienceOf).values()].map((own) => own.sort(byPlace));
  const before = await snapshotsBefore(
    database,
    stretches.map(([first]) => first!).filter(({ hasSnapshot }) => hasSnapshot !== true),
  );
  return new Map(
    stretches.flatMap((own) => {
      const key = experienceOf(own[0]!);
      const statuses = statusesAfter(own, { snapshot: before.get(key), deletedAt: deletedAt.get(key) });
      return own.map((row, i) => [eventOf(row), statuses[i]!] as const);
    }),
  );
}

function byPlace(a: LifecycleRow, b: LifecycleRow): number {
  return a.occurredAt - b.occurredAt || a.rank - b.rank || (a.eventId < b.eventId ? -1 : 1);
}

/** By `experienceOf`, the newest snapshot that an event before the given one carried. */
async function snapshotsBefore(
  database: Pick<ReadDatabase, 'planned'>,
  events: readonly LifecycleRow[],
): Promise<Map<string, Snapshot>> {
  if (events.length === 0) return new Map();
  const column = <F extends keyof LifecycleRow>(field: F): LifecycleRow[F][] =>
    events.map((event) => event[field]);
  const found = await database.planned<ExperiencePlace & Snapshot>(
    `SELECT e.workspace, e.uid AS "experienceUid", l.state, l.is_draft AS "isDraft", l.expires_at AS "expiresAt"
       FROM unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::integer[], $5::uuid[])
            AS e (workspace, uid, at, rank, id)
      CROSS JOIN LATERAL (
        SELECT l.state, l.is_draft, l.expires_at FROM read_models.lifecycle_event AS l
         WHERE l.workspace = e.workspace AND l.experience_uid = e.uid AND l.has_snapshot
           AND l.occurred_at <= e.at AND (l.occurred_at, l.rank, l.event_id) < (e.at, e.rank, e.id)
         ORDER BY l.occurred_at DESC, l.rank DESC, l.event_id DESC LIMIT 1) AS l`,
    [
      column('workspace'),
      column('experienceUid'),
      column('occurredAt').map((at) => new Date(at)),
      column('rank'),
      column('eventId'),
    ],
  );
  return new Map(found.map((each) => [experienceOf(each), each]));
}
