import { readFileSync } from 'node:fs';
import type { components } from '@app/client';
import type { Page } from 'playwright-core';
import { eventOf, experience as experienceObject, jimer as jimerObject } from '../support/events';
import type { List } from '../support/http';
import { accessibilityProblems, counted, describeInBrowser, overflows, PHONE } from './browser';
import { startConsole, type ConsoleRig } from './rig';

type Schemas = components['schemas'];
type Experience = Schemas['ExperienceDto'];
const TYPES = ['TOUR', 'SURVEY', 'CHECKLIST', 'HINT', 'BANNER', 'POST'] as const;

/** The number of a figure on the page. */
const figure = (page: Page, term: string): Promise<string | null> =>
  page
    .getByRole('term')
    .filter({ hasText: new RegExp(`^${term}$`) })
    .locator('xpath=following-sibling::*[1]')
    .textContent();

const rowsOf = (page: Page, table: string) =>
  page.getByRole('table', { name: table, exact: true }).locator('tbody').getByRole('row');

const choose = async (page: Page, field: string, option: string): Promise<void> => {
  await page.getByRole('combobox', { name: field, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};

describeInBrowser('the experiences in the console', () => {
  let rig: ConsoleRig;
  let all: readonly Experience[];
  beforeAll(async () => {
    rig = await startConsole();
    all = (await rig.client.get<List<Experience>>('/v1/experiences?limit=200')).body.items;
  }, 300_000);
  afterAll(() => rig?.stop());

  const read = async <T>(path: string): Promise<T> => (await rig.client.get(path)).body as T;
  /** The experience of a type that most users saw. */
  const busiest = async (
    type: (typeof TYPES)[number],
  ): Promise<{ uid: string; funnel: Schemas['FunnelDto'] }> => {
    const found = await Promise.all(
      all
        .filter((one) => one.type === type)
        .map(async ({ uid }) => ({
          uid,
          funnel: await read<Schemas['FunnelDto']>(`/v1/experiences/${uid}/funnel`),
        })),
    );
    return found.sort((a, b) => b.funnel.totals.saw - a.funnel.totals.saw)[0]!;
  };

  it('are filtered by type, status, tag and title, in an address that can be shared and that Back restores', async () => {
    const tab = await rig.tab();
    const { page } = tab;
    await page.goto('/experiences');
    await page.getByRole('status').getByText(`${all.length} experiences`).waitFor();
    await counted(rowsOf(page, 'Experiences'), all.length);

    await choose(page, 'Type', 'Survey');
    const surveys = all.filter(({ type }) => type === 'SURVEY');
    await page.getByRole('status').getByText(`${surveys.length} experiences`).waitFor();
    expect(new URL(page.url()).search).toBe('?type=SURVEY');
    await page.goBack();
    await page.getByRole('status').getByText(`${all.length} experiences`).waitFor();

    const one = all.find(({ tags }) => Array.isArray(tags))!;
    const tag = (one.tags as { name: string }[])[0]!.name;
    const tagged = all.filter(({ tags }) => (tags as { name: string }[] | null)?.[0]?.name === tag);
    await page.getByLabel('Tag', { exact: true }).first().fill(tag);
    await page.waitForURL(/tag=/);
    await page.getByRole('status').getByText(`${tagged.length} experience`).waitFor();
    await counted(rowsOf(page, 'Experiences'), tagged.length);

    await page.getByRole('searchbox', { name: 'Title' }).fill('no such title');
    await page.getByText('No matching experiences').waitFor();
    await page.goto(`/experiences?status=${one.status}&q=${encodeURIComponent(one.title!)}`);
    await page.getByRole('link', { name: one.title! }).waitFor();
    expect(await page.getByRole('searchbox', { name: 'Title' }).inputValue()).toBe(one.title);

    await page.getByRole('button', { name: 'Title', exact: true }).press('Enter');
    await page.locator('th[aria-sort=ascending]').filter({ hasText: 'Title' }).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('are exported with the filters of the table', async () => {
    const { page } = await rig.tab();
    await page.goto('/experiences?type=TOUR');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('experiences.csv');
    const lines = readFileSync(await file.path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    expect(lines[0]).toMatch(/^\ufeffuid,/);
    expect(lines).toHaveLength(1 + all.filter(({ type }) => type === 'TOUR').length);
  });

  it('are shown on a board by status, which works with the keyboard', async () => {
    const tab = await rig.tab();
    const { page } = tab;
    await page.goto('/experiences');
    await page.getByRole('radio', { name: 'Board' }).focus();
    await page.keyboard.press('Space');
    await page.waitForURL(/view=board/);
    for (const [word, status] of [
      ['Live', 'live'],
      ['Paused', 'paused'],
      ['Deleted', 'deleted'],
    ] as const) {
      const column = page.getByRole('region', { name: word, exact: true });
      await column.waitFor();
      await counted(column.getByRole('link'), all.filter((one) => one.status === status).length);
    }
    expect(await accessibilityProblems(page)).toEqual([]);
    const card = page.getByRole('region', { name: 'Live', exact: true }).getByRole('link').first();
    const title = (await card.textContent())!;
    await card.press('Enter');
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it.each(TYPES)('show the performance of a %s, accessible in light and dark', async (type) => {
    const { uid, funnel } = await busiest(type);
    const tab = await rig.tab();
    const { page } = tab;
    await page.goto(`/experiences/${uid}`);
    await page.getByRole('heading', { level: 2, name: 'Over time' }).waitFor();
    expect(await figure(page, 'Saw it')).toBe(String(funnel.totals.saw));
    if (funnel.totals.started > 0) {
      expect(await figure(page, 'Started')).toBe(String(funnel.totals.started));
      await page.getByRole('region', { name: 'Funnel' }).getByRole('button', { name: 'Table' }).click();
      const completed = rowsOf(page, 'Funnel').filter({ hasText: 'Completed' });
      expect(await completed.getByRole('cell').nth(1).textContent()).toBe(String(funnel.totals.completed));
    }
    if (type === 'POST') expect(await figure(page, 'Comments')).toBe(String(funnel.totals.comments));
    await rowsOf(page, 'Users').first().waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
    }
    expect(tab.problems()).toEqual([]);
  });

  it('show their history: each change with its time and author', async () => {
    const { uid } = await busiest('TOUR');
    const history = await read<List<Schemas['LifecycleItemDto']>>(`/v1/experiences/${uid}/history`);
    const { page } = await rig.tab();
    await page.goto(`/experiences/${uid}`);
    const life = page.getByRole('region', { name: 'History' });
    await life.getByText('Created', { exact: true }).waitFor();
    for (const { time, user } of history.items) {
      expect(await life.locator(`time[datetime="${time}"]`).count()).toBeGreaterThan(0);
      expect(await life.getByText(`by ${user!.firstName} ${user!.lastName}`).count()).toBeGreaterThan(0);
    }
  });

  it('are counted within a range of days, by day or week', async () => {
    const { uid, funnel } = await busiest('TOUR');
    const day = funnel.series.at(-1)!.from;
    const part = await read<Schemas['FunnelDto']>(`/v1/experiences/${uid}/funnel?from=${day}`);
    const { page } = await rig.tab();
    await page.goto(`/experiences/${uid}?range=custom&from=${day}&by=week`);
    await page.getByRole('heading', { level: 2, name: 'Over time' }).waitFor();
    expect(await figure(page, 'Saw it')).toBe(String(part.totals.saw));
    expect(await page.getByRole('radio', { name: 'Week' }).isChecked()).toBe(true);
    await page.getByLabel('From', { exact: true }).fill('2020-01-01');
    await page.getByLabel('To', { exact: true }).fill('2020-01-31');
    await page.getByText('No activity in this period').waitFor();
    await choose(page, 'Period', 'All time');
    await page.getByRole('heading', { level: 2, name: 'Over time' }).waitFor();
    expect(await figure(page, 'Saw it')).toBe(String(funnel.totals.saw));
  });

  it('show the results of a survey: score, choices and texts', async () => {
    const { uid } = await busiest('SURVEY');
    const { items, responses } = await read<Schemas['StepAnswersPageDto']>(`/v1/experiences/${uid}/answers`);
    const nps = items.find((step) => step.nps)!;
    const written = items.find(({ stepType }) => stepType === 'TEXT_LONG')!;
    const chosen = items.find(({ stepType }) => stepType === 'MULTIPLE_CHOICE_SINGLE_SELECT')!;
    const tab = await rig.tab();
    const { page } = tab;
    await page.goto(`/experiences/${uid}`);
    const summary = page.getByRole('region', { name: 'Responses' });
    await summary.getByText(`Completed: ${responses.completed}`).waitFor();
    await summary.getByText(`not completed yet: ${responses.partial}`).waitFor();

    const question = page.getByRole('region', { name: nps.stepName!, exact: false }).first();
    await question.getByRole('button', { name: 'Table' }).click();
    const promoters = question.getByRole('row').filter({ hasText: 'Promoters' });
    expect(await promoters.getByRole('cell').nth(2).textContent()).toBe(String(nps.nps!.promoters));
    const choices = page.getByRole('region', { name: chosen.stepName! });
    await choices.getByRole('button', { name: 'Table' }).click();
    for (const { value, count } of chosen.distribution) {
      const row = choices.getByRole('row').filter({ hasText: JSON.stringify(value).replaceAll('"', '') });
      expect(await row.getByRole('cell').nth(1).textContent()).toBe(String(count));
    }

    const texts = page.getByRole('region', { name: written.stepName! });
    await texts.getByRole('listitem').first().waitFor();
    await texts.getByRole('searchbox').fill('MONDAYS');
    const path = `/v1/experiences/${uid}/answers/${written.stepUid}?q=mondays`;
    const { items: found } = await read<List<Schemas['JimerAnswerDto']>>(path);
    if (found.length === 0) await texts.getByText('No answers contain these words.').waitFor();
    else await texts.getByText('line one').first().waitFor({ state: 'detached' });
    expect(page.url()).not.toMatch(/mondays/i);
    await page
      .getByRole('button', { name: `Who answered “${(nps.stepIndex ?? 0) + 1}. ${nps.stepName}”` })
      .click();
    await page.getByRole('searchbox', { name: new RegExp(nps.stepName!) }).waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);

    // The chosen period limits all results, and what it does not limit says so.
    const newest = await read<List<Schemas['JimerAnswerDto']>>(
      `/v1/experiences/${uid}/answers/${nps.stepUid}?limit=1`,
    );
    const day = newest.items[0]!.at.slice(0, 10);
    const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
    const ofDay = await read<Schemas['StepAnswersPageDto']>(
      `/v1/experiences/${uid}/answers?from=${day}&to=${next}`,
    );
    await page.goto(`/experiences/${uid}?range=custom&from=${day}&until=${day}`);
    await summary.getByText(`${ofDay.responses.total} response`).waitFor();
    await summary.getByText(`Completed: ${ofDay.responses.completed}`).waitFor();
    const { responses: answers } = ofDay.items.find(({ stepUid }) => stepUid === nps.stepUid)!;
    await question.getByText(`· ${answers} answer`).first().waitFor();
    await page.getByRole('region', { name: 'Users' }).getByText('All time:').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      summary.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    const lines = readFileSync(await file.path(), 'utf8').split('\r\n');
    expect(lines[0]).toMatch(/^\ufeffsurveyUid,/);
    expect(lines[0]).toContain(nps.stepName!);
    expect(lines.length).toBeGreaterThan(ofDay.responses.total);
    expect(tab.problems()).toEqual([]);
  });

  it('show the tasks of a checklist with their users', async () => {
    const { uid } = await busiest('CHECKLIST');
    const { items } = await read<List<Schemas['KnownTaskDto']>>(`/v1/experiences/${uid}/tasks`);
    const { page } = await rig.tab();
    await page.goto(`/experiences/${uid}`);
    const tasks = page.getByRole('region', { name: 'Tasks' });
    for (const { name, completed, skipped } of items)
      await tasks
        .getByRole('listitem')
        .filter({ hasText: name! })
        .filter({ hasText: `${completed} completed · ${skipped} skipped` })
        .waitFor();
  });

  it('list users by state, and who has been stuck in it', async () => {
    const { uid } = await busiest('TOUR');
    const stuck = await read<List<Schemas['ExperienceJimerDto']>>(
      `/v1/experiences/${uid}/jimers?state=started&limit=25`,
    );
    const { page } = await rig.tab();
    const counts = await read<Schemas['JimersSummaryDto']>(`/v1/experiences/${uid}/jimers/summary`);
    await page.goto(`/experiences/${uid}`);
    for (const [name, count] of [
      ['Saw it', counts.seen],
      ['Completed', counts.completed],
      ['Dismissed', counts.dismissed],
    ])
      await page.getByRole('tab', { name: `${name}${count}` }).waitFor();
    await page.getByRole('tab', { name: `Started${counts.started}` }).click();
    await page.waitForURL(/state=started/);
    const people = page.getByRole('tabpanel');
    await people.getByText(/Started their latest run/).waitFor();
    await people.getByRole('row').first().waitFor();
    await counted(rowsOf(page, 'Users'), stuck.items.length);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('region', { name: 'Users' }).getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('jimers-started.csv');
    await choose(page, 'For longer than', '90 days');
    await page.waitForURL(/olderThan=90d/);
    await page.getByText('No users').waitFor();
    await choose(page, 'For longer than', 'Any time');
    const link = rowsOf(page, 'Users').first().getByRole('link');
    const name = (await link.textContent())!;
    await link.click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
  });

  it('update while they are open', async () => {
    const one = experienceObject({ title: 'Seen as it happens' });
    const now = Date.now();
    const send = async (event: unknown): Promise<void> => {
      expect((await rig.client.post(event)).status).toBe(202);
    };
    const tab = await rig.tab();
    const { page } = tab;
    await page.goto('/experiences?q=Seen%20as');
    await page.getByText('No matching experiences').waitFor();
    await send(eventOf('tour.published', now - 5_000, { experience: one }));
    await page.getByRole('link', { name: 'Seen as it happens' }).click();
    await page.getByText('No activity in this period').waitFor();
    await page.getByText('Live', { exact: true }).first().waitFor();
    await send(
      eventOf('tour.started', now - 3_000, { experience: one, jimer: jimerObject({ username: 'Nora' }) }),
    );
    await page.getByRole('link', { name: 'Nora' }).waitFor();
    await page
      .getByText('0% of those who first started it in this period have completed it since.')
      .waitFor();
    await send(eventOf('tour.status-changed', now - 1_000, { experience: { ...one, state: 'PAUSED' } }));
    await page.getByRole('region', { name: 'History' }).getByText('Paused', { exact: true }).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('report what could not be loaded, and load it on a retry', async () => {
    const tab = await rig.tab();
    const { page } = tab;
    tab.expectErrors(/404|503/);
    await page.goto('/experiences/17dff65e-434d-4454-bb57-a1167fefbb6b');
    await page.getByText('No experience has this uid').waitFor();
    await page.route('**/v1/experiences?*', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({ type: 'about:blank', title: 'Unavailable', status: 503, detail: 'Not now.' }),
      }),
    );
    await page.getByRole('main').getByRole('link', { name: 'Experiences', exact: true }).click();
    await page.getByRole('alert').getByText('Not now.').waitFor();
    await page.unroute('**/v1/experiences?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await rowsOf(page, 'Experiences').first().waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('fit a phone in the dark', async () => {
    const tab = await rig.tab({ viewport: PHONE, scheme: 'dark' });
    const { page } = tab;
    const { uid } = await busiest('SURVEY');
    await page.goto('/experiences');
    await rowsOf(page, 'Experiences').first().waitFor();
    expect(await overflows(page)).toBe(false);
    await page.goto('/experiences?view=board');
    await page.getByRole('region', { name: 'Deleted' }).waitFor();
    expect(await overflows(page)).toBe(false);
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.goto(`/experiences/${uid}?range=custom`);
    await rowsOf(page, 'Users').first().waitFor();
    expect(await overflows(page)).toBe(false);
    // The state badge must be readable in full, not cut after its first letter.
    const cut = await rowsOf(page, 'Users')
      .locator('.mantine-Badge-label')
      .evaluateAll((labels) => labels.filter((label) => label.scrollWidth > label.clientWidth).length);
    expect(cut).toBe(0);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(tab.problems()).toEqual([]);
  });
});
