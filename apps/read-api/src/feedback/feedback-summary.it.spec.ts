import { createDatabase, type TestDatabase } from '@app/testing';
import { event, iso, jimer, projectUid, ReadApiFixture, second } from '../read-api.fixture';
import type { FeedbackSummaryDto } from './feedback.summary.dto';

const DAY = 86_400;

let database: TestDatabase;
let api: ReadApiFixture;

async function summary(query = '', token = 'read-token'): Promise<FeedbackSummaryDto> {
  const { status, body } = await api.get(`/v1/feedback/summary${query}`, token);
  expect(status).toBe(200);
  return body as unknown as FeedbackSummaryDto;
}

/** second(0) is a Monday. */
const submitted = (uid: string, day: number, project: number, name = `Project ${project}`) =>
  event('request.created', second(day * DAY), {
    ...{ request: { uid }, jimer: jimer(1) },
    project: { uid: projectUid(project), name },
  });

async function triaged(uid: string, change: object, workspace = 'default'): Promise<void> {
  const { body } = await api.get(`/v1/feedback/${uid}?workspace=${workspace}`);
  const headers = { 'if-match': `"${String((body as unknown as { version: number }).version)}"` };
  const url = `/v1/feedback/${uid}?workspace=${workspace}`;
  expect((await api.ask('PATCH', url, 'triage-token', change, headers)).status).toBe(200);
}

const NONE = { new: 0, 'under-review': 0, planned: 0, 'in-progress': 0, done: 0, declined: 0 };

beforeAll(async () => {
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url);
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

describe('the summary of the backlog', () => {
  it('is all zero while there is none', async () => {
    expect(await summary()).toEqual({
      ...{ items: 0, byStatus: NONE, merged: 0, projects: [], tags: [], weeks: [] },
      oldestUntriaged: null,
    });
  });

  describe('of items of two workspaces, some triaged', () => {
    beforeAll(async () => {
      await api.deliver([
        submitted('a', 0, 1),
        submitted('b', 6, 1, 'Renamed'),
        submitted('c', 7, 2),
        submitted('d', 8, 2),
      ]);
      await api.deliver([submitted('e', -1, 1)], 'acme');
      await triaged('a', { status: 'planned', tags: ['ux', 'bug'] });
      await triaged('a', { tags: ['ux'] });
      await triaged('b', { tags: ['ux', 'api'] });
      await triaged('d', { status: 'done', mergedInto: 'c', tags: ['ux'] });
    });

    it('counts by status, project, tag and week, and merged ones apart', async () => {
      const { byStatus, projects, tags, weeks, ...totals } = await summary('?workspace=default');
      expect(totals).toEqual({
        items: 3,
        merged: 1,
        oldestUntriaged: {
          ...{ uid: 'b', workspace: 'default', createdAt: iso(second(6 * DAY)) },
          ...{ projectUid: projectUid(1), projectName: 'Renamed' },
        },
      });
      expect(byStatus).toEqual({ ...NONE, new: 2, planned: 1 });
      const common = { workspace: 'default' };
      expect(projects).toEqual([
        {
          ...{ ...common, uid: projectUid(1), name: 'Renamed', items: 2, merged: 0 },
          byStatus: { ...NONE, new: 1, planned: 1 },
        },
        {
          ...{ ...common, uid: projectUid(2), name: 'Project 2', items: 1, merged: 1 },
          byStatus: { ...NONE, new: 1 },
        },
      ]);
      expect(tags).toEqual([
        { tag: 'ux', items: 2, merged: 1, byStatus: { ...NONE, new: 1, planned: 1 } },
        { tag: 'api', items: 1, merged: 0, byStatus: { ...NONE, new: 1 } },
      ]);
      expect(weeks).toEqual([
        { from: '2025-02-03', items: 2, merged: 0, byStatus: { ...NONE, new: 1, planned: 1 } },
        { from: '2025-02-10', items: 1, merged: 1, byStatus: { ...NONE, new: 1 } },
      ]);
    });

    it('is of a project, a workspace, or all that the token sees', async () => {
      expect(await summary(`?projectUid=${projectUid(2)}`)).toMatchObject({
        ...{ items: 1, merged: 1, oldestUntriaged: { uid: 'c' } },
        projects: [{ uid: projectUid(2) }],
        tags: [{ tag: 'ux', items: 0, merged: 1 }],
      });
      expect(await summary()).toMatchObject({ items: 4, oldestUntriaged: { uid: 'e', workspace: 'acme' } });
      expect(await summary('', 'acme-token')).toMatchObject({
        ...{ items: 1, merged: 0, tags: [], oldestUntriaged: { uid: 'e' } },
        projects: [{ workspace: 'acme' }],
      });
      expect(await summary(`?projectUid=${projectUid(9)}`)).toMatchObject({
        items: 0,
        oldestUntriaged: null,
      });
    });

    it('has tallies that a late redelivery moves, and that a rebuild finds again', async () => {
      await api.deliver([submitted('c', -7, 2)]);
      expect((await summary('?workspace=default')).weeks.map(({ from }) => from)).toEqual([
        '2025-01-27',
        '2025-02-03',
        '2025-02-10',
      ]);
      const before = await summary();
      await api.post('/v1/projections/feedback/rebuild');
      await api.work('feedback');
      expect(await summary()).toEqual(before);
    });

    it.each([
      ['/v1/feedback/summary?projectUid=1', 400],
      ['/v1/feedback/summary?workspace=default&workspace=acme', 400],
    ])('refuses %s', async (url, status) => {
      expect((await api.get(url)).status).toBe(status);
    });

    it('reads the counts, and no more items than it shows', async () => {
      const { rows } = await api.pool.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN SELECT lane, sum(items) FROM read_models.feedback_counts WHERE workspace = 'default' GROUP BY lane`,
      );
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).not.toContain('feedback_item');
    });
  });
});
