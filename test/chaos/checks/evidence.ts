import type { Person } from '../load/departures';
import type { Client } from '../../support/http';
import { ask } from '../../support/databases';

/** Rows of each table that are explained, and how many are asked for at once. */
const ROWS = 500;
const AT_ONCE = 4;
/** What is told of each table. */
const TOLD = 5;

type Key = Readonly<Record<string, string>>;

/** Every table whose rows are a person's and can be explained, and where. */
const EXPLAINED: Readonly<Record<string, (row: Key) => string>> = {
  jimer: (row) => `/v1/jimers/${row['jimer_uid']}/explain`,
  journey: (row) => `/v1/jimers/${row['jimer_uid']}/experiences/${row['experience_uid']}/explain`,
  task: (row) =>
    `/v1/jimers/${row['jimer_uid']}/experiences/${row['experience_uid']}/tasks/${encodeURIComponent(row['task_uid']!)}/explain`,
  answer: (row) =>
    `/v1/jimers/${row['jimer_uid']}/experiences/${row['experience_uid']}/answers/${encodeURIComponent(row['step_uid']!)}/explain`,
  feedback_item: (row) => `/v1/feedback/${encodeURIComponent(row['request_uid']!)}/explain`,
};

/**
 * Of each table of persons, random rows that do not explain to themselves: the row that the events make is not the
 * stored one.
 */
export async function unexplained(databaseUrl: string, client: Client, most = ROWS): Promise<string[]> {
  const wrong: string[] = [];
  for (const [table, pathOf] of Object.entries(EXPLAINED)) {
    const rows = await ask<Key>(
      databaseUrl,
      `SELECT r.* FROM read_models.${table} AS r
        ${table === 'feedback_item' ? 'WHERE r.created_at IS NOT NULL' : ''} ORDER BY random() LIMIT ${most}`,
    );
    const told: string[] = [];
    await eachOf(rows, async (row) => {
      const path = `${pathOf(row)}?workspace=${encodeURIComponent(row['workspace']!)}`;
      const { status, body, text } = await client.get<{ matches: boolean | null }>(path);
      if (status !== 200 || body.matches !== true) told.push(`${path}: ${status} ${text.slice(0, 400)}`);
    });
    if (rows.length === 0) told.push(`${table} has no rows to explain`);
    wrong.push(
      ...told.slice(0, TOLD),
      ...(told.length > TOLD ? [`${table}: and ${told.length - TOLD} more`] : []),
    );
  }
  return wrong;
}

const MEASURES = {
  ...{ saw: 'saw', started: 'started', completed: 'completed', startedAndCompleted: 'started_and_completed' },
  ...{ dismissed: 'dismissed', likes: 'likes', ctaClicks: 'cta_clicks', comments: 'comments' },
};

/** Figures of the funnel that are not the number of the rows behind them. */
export async function unexplainedFigures(databaseUrl: string, client: Client): Promise<string[]> {
  const rows = await ask<Key>(
    databaseUrl,
    `SELECT f.*, f.day::text AS day FROM read_models.funnel AS f ORDER BY random() LIMIT ${ROWS / 10}`,
  );
  const wrong: string[] = [];
  const figures = rows.flatMap((row) =>
    Object.entries(MEASURES).map(([measure, column]) => ({ row, measure, figure: Number(row[column]) })),
  );
  await eachOf(figures, async ({ row, measure, figure }) => {
    const path = `/v1/experiences/${row['experience_uid']}/funnel/explain?workspace=${encodeURIComponent(row['workspace']!)}&day=${row['day']}&measure=${measure}&limit=1`;
    const { status, body, text } = await client.get<{ matches: boolean; figure: number }>(path);
    if (status !== 200 || !body.matches || body.figure !== figure)
      wrong.push(`${path}: ${status} ${text.slice(0, 300)}`);
  });
  return wrong.slice(0, TOLD);
}

/** Erased persons of whom an explanation is found. */
export async function explainedErased(erased: readonly Person[], client: Client): Promise<string[]> {
  const wrong: string[] = [];
  await eachOf(erased, async ({ workspace, jimerUid }) => {
    for (const more of ['', '&scan=true']) {
      const path = `/v1/jimers/${jimerUid}/explain?workspace=${encodeURIComponent(workspace)}${more}`;
      const { status } = await client.get(path);
      if (status !== 404) wrong.push(`${path}: ${status}`);
    }
  });
  return wrong.slice(0, TOLD);
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const lane = async (): Promise<void> => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}
