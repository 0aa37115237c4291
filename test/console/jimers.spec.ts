import { readFileSync } from 'node:fs';
import { until } from '@app/testing/infra';
import type { Page } from 'playwright-core';
import { eventOf, nextTime } from '../support/events';
import { accessibilityProblems, describeInBrowser, overflows, PHONE } from './browser';
import { startConsole, type ConsoleRig } from './rig';

interface Jimer {
  readonly uid: string;
  readonly username: string | null;
  readonly email: string | null;
  readonly identifyToken: string | null;
}

describeInBrowser('users in the console', () => {
  let rig: ConsoleRig;
  let known: Jimer;

  beforeAll(async () => {
    rig = await startConsole();
    const { body } = await rig.client.get<{ items: Jimer[] }>('/v1/jimers?limit=200');
    known = body.items.find(({ username, email, identifyToken }) => username && email && identifyToken)!;
  }, 300_000);
  afterAll(() => rig?.stop());

  const search = (page: Page) => page.getByLabel('Find a user');
  const rows = (page: Page) => page.getByRole('table', { name: 'Users' }).getByRole('row');

  it.each([
    ['e-mail', () => known.email!],
    ['identify token', () => known.identifyToken!],
    ['name', () => known.username!],
    ['uid', () => known.uid],
  ])('are found by %s, which stays out of the address', async (_by, text) => {
    const tab = await rig.tab({ token: 'dev-read-token' });
    const { page } = tab;
    await page.goto('/jimers');
    await rows(page).nth(10).waitFor();
    await search(page).fill(text());
    await rows(page).nth(10).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: known.username!, exact: true }).first().waitFor();
    expect(decodeURIComponent(page.url())).not.toContain(text());
    await page.getByRole('link', { name: known.username!, exact: true }).first().click();
    await page.getByRole('heading', { level: 1, name: known.username! }).waitFor();
    await page.goBack();
    await until('the search to be as before', async () => (await search(page).inputValue()) === text());
    expect(tab.problems()).toEqual([]);
  });

  it('are listed page by page, and a search without results says so', async () => {
    const tab = await rig.tab();
    const { page } = tab;
    await page.goto('/jimers');
    await rows(page).nth(50).waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await rows(page).nth(51).waitFor();
    await search(page).fill('nobody-has-this');
    await page.getByText('No users found').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(tab.problems()).toEqual([]);
  });

  it('are exported as a file', async () => {
    const { page } = await rig.tab();
    await page.goto('/jimers');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    const file = await (await download).path();
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines[0]).toMatch(/^uid,/);
    expect(lines.length).toBeGreaterThan(51);
  });

  it('show their profile, their experiences, and a timeline in the viewer’s time zone', async () => {
    const uid = '6c1f7f1e-4a1a-4c0e-9d55-0a5b1de0c001';
    const jimer = { uid, identifyToken: 'ada-1', username: 'Ada', email: 'ada@example.com' };
    const send = async (event: Record<string, unknown>) => (await rig.client.post(event)).body.position;
    const at = Date.UTC(2026, 5, 1, 22, 30, 0);
    const started = eventOf('checklist.started', at);
    const checklist = { ...(started['experience'] as object), title: 'First steps' };
    await send({ ...started, experience: checklist, jimer });
    const task = { ...eventOf('checklist.task.completed', at + 60_000), jimer, experience: checklist };
    await send(task);
    const answer = { ...eventOf('survey.step.answered', at + 120_000), jimer };
    await send(answer);
    const last = await send({ ...eventOf('request.created', at + 180_000), jimer });
    await rig.client.get(`/v1/feedback?jimerUid=${uid}`, last);

    const tab = await rig.tab({ timezone: 'Asia/Tokyo' });
    const { page } = tab;
    await page.goto(`/jimers/${uid}`);
    await page.getByRole('heading', { level: 1, name: 'Ada' }).waitFor();
    const profile = page.getByRole('region', { name: 'Profile' });
    await profile.getByText('ada@example.com').waitFor();
    const timeline = page.getByRole('region', { name: 'Timeline' });
    // 22:30 UTC of the 1st of June is the next morning in Tokyo.
    await timeline.getByRole('heading', { name: /Tuesday,? 2 June 2026/ }).waitFor();
    await timeline.getByText('Started the checklist').waitFor();
    await timeline.getByText('Completed a task of the checklist').waitFor();
    await timeline.getByText('Submitted feedback').waitFor();
    await page.getByRole('region', { name: 'Feedback' }).getByRole('link').waitFor();

    const control = page
      .getByRole('region', { name: 'Experiences' })
      .getByRole('button', { name: /First steps/ });
    await control.press('Enter');
    await page.getByRole('table', { name: 'Tasks' }).getByText('completed').waitFor();
    await page.getByRole('table', { name: 'Runs' }).getByText('in progress').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(tab.problems()).toEqual([]);
  });

  it('are updated live', async () => {
    const tab = await rig.tab();
    const { page } = tab;
    const uid = '6c1f7f1e-4a1a-4c0e-9d55-0a5b1de0c002';
    const first = { ...eventOf('tour.started', nextTime()), jimer: { uid, username: 'Grace' } };
    const { body } = await rig.client.post(first);
    await rig.client.get(`/v1/jimers/${uid}`, body.position);
    await page.goto(`/jimers/${uid}`);
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByText('Started the tour').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await rig.client.post({ ...first, event: 'tour.completed', time: nextTime() });
    await timeline.getByText('Completed the tour').waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('are reported missing when a link names no user', async () => {
    const tab = await rig.tab();
    tab.expectErrors(/404|400/);
    await tab.page.goto('/jimers/6c1f7f1e-4a1a-4c0e-9d55-0a5b1de0cfff');
    await tab.page.getByText('No user has this uid').waitFor();
    await tab.page.goto('/jimers/not-a-uid');
    await tab.page.getByRole('heading', { level: 1, name: 'User not found' }).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('are accessible in %s, also on a phone', async (scheme) => {
    const tab = await rig.tab({ scheme });
    const { page } = tab;
    for (const path of ['/jimers', `/jimers/${known.uid}`]) {
      await page.goto(path);
      await (
        path === '/jimers' ? rows(page).nth(10) : page.getByRole('region', { name: 'Timeline' })
      ).waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      await page.setViewportSize(PHONE);
      expect({ path, overflows: await overflows(page) }).toEqual({ path, overflows: false });
    }
    expect(tab.problems()).toEqual([]);
  });
});
