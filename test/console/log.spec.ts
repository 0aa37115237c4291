import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { eventOf, nextTime } from '../support/events';
import { accessibilityProblems, describeInBrowser, overflows, PHONE } from './browser';
import { startConsole, type ConsoleRig } from './rig';

const UID = '6c1f7f1e-4a1a-4c0e-9d55-0a5b1de0c101';

describeInBrowser('the event log in the console', () => {
  let rig: ConsoleRig;
  let experienceUid: string;
  const ada = { uid: UID, identifyToken: 'ada-log', username: 'Ada', email: 'ada-log@example.com' };

  beforeAll(async () => {
    rig = await startConsole({ events: 1_000 });
    const started = eventOf('tour.started', nextTime());
    const tour = { ...(started['experience'] as object), title: 'First flight' };
    experienceUid = (tour as { uid?: string }).uid!;
    await rig.client.post({ ...started, jimer: ada, experience: tour });
    const { body } = await rig.client.post({
      ...eventOf('tour.completed', nextTime()),
      jimer: ada,
      experience: tour,
    });
    await rig.client.post({ event: 'tour.teleported', version: '0', time: nextTime(), jimer: { uid: UID } });
    await rig.client.get(`/v1/jimers/${UID}`, body.position);
  }, 300_000);
  afterAll(() => rig?.stop());

  const events = (page: Page) => page.getByRole('button', { name: /^[a-z-]+\.[a-z.-]+ / });
  const open = async (path: string, options: Parameters<ConsoleRig['tab']>[0] = {}) => {
    const tab = await rig.tab(options);
    await tab.page.goto(path);
    await tab.page.getByRole('heading', { level: 1, name: 'Event log' }).waitFor();
    return tab;
  };

  it('shows the newest events, and more of them', async () => {
    const tab = await open('/log', { token: 'dev-read-token' });
    const { page } = tab;
    await events(page).nth(49).waitFor();
    await page.getByText(/records? searched, back to/).waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await events(page).nth(99).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('is reached from a user, and shows payload and headers of an event', async () => {
    const tab = await rig.tab();
    const { page } = tab;
    await page.goto(`/jimers/${UID}`);
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Event log' }).waitFor();
    await events(page).nth(2).waitFor();
    expect(await events(page).count()).toBe(3);
    await page.getByText('rejected', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^tour\.started Ada started the tour “First flight”/ }).click();
    const payload = page.getByLabel('Payload', { exact: true }).and(page.locator('pre'));
    await payload.getByText('"identifyToken": "ada-log"').waitFor();
    await page.getByText('Raw', { exact: true }).click();
    await page.locator('pre').getByText('"identifyToken":"ada-log"').waitFor();
    await page.getByText('Headers', { exact: true }).click();
    await page.getByRole('table', { name: 'Headers' }).getByText('com.usejimo.tour.started').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('link', { name: 'First flight' }).click();
    await page.getByRole('heading', { level: 1, name: 'First flight' }).waitFor();
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await events(page).nth(1).waitFor();
    expect(new URL(page.url()).searchParams.get('experienceUid')).toBe(experienceUid);
    expect(tab.problems()).toEqual([]);
  });

  it('is reached from an event of a timeline', async () => {
    const { page } = await rig.tab();
    await page.goto(`/jimers/${UID}`);
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline
      .getByRole('link', { name: /^Show the event of/ })
      .first()
      .click();
    await page.getByRole('button', { name: /^tour\.completed/ }).waitFor();
    expect(await events(page).count()).toBe(1);
  });

  it('is searched by text, which stays out of the address, and by name', async () => {
    const tab = await open('/log');
    const { page } = tab;
    await events(page).nth(10).waitFor();
    await page.getByLabel('Text', { exact: true }).fill('ADA-LOG@example');
    await events(page).nth(2).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^tour\.completed Ada/ }).waitFor();
    expect(decodeURIComponent(page.url())).not.toContain('ADA-LOG');
    await page.getByRole('combobox', { name: 'Event', exact: true }).fill('tour.started');
    await page.getByRole('button', { name: /^tour\.completed Ada/ }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^tour\.started Ada/ }).waitFor();
    await page.getByText(/searched: all of them/).waitFor();
    await page.getByLabel('Text', { exact: true }).fill('nobody wrote this');
    await page.getByText('No events found').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await events(page).nth(10).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('follows new events', async () => {
    const tab = await open(`/log?jimerUid=${UID}`);
    const { page } = tab;
    await events(page).nth(2).waitFor();
    const before = await events(page).count();
    const dismiss = () => rig.client.post({ ...eventOf('checklist.dismissed', nextTime()), jimer: ada });
    // Nor is anything missing that came between the search and the click.
    await dismiss();
    await page.getByRole('switch', { name: 'Follow new events' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await dismiss();
    await page
      .getByRole('button', { name: /^checklist\.dismissed Ada/ })
      .nth(1)
      .waitFor();
    expect(await events(page).count()).toBe(before + 2);
    expect(tab.problems()).toEqual([]);
  });

  it('is downloaded as a file', async () => {
    const { page } = await open(`/log?jimerUid=${UID}&event=tour.started`);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('events.ndjson');
    const lines = readFileSync(await file.path(), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['tour.started']);
  });

  it('says why a position has no event', async () => {
    const tab = await rig.tab();
    tab.expectErrors(/404/);
    await tab.page.goto('/log?position=jimo.engagement/0@999999');
    await tab.page.getByText(/ends before offset/).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('is accessible in %s, also on a phone', async (scheme) => {
    for (const viewport of [PHONE, undefined]) {
      const { page } = await open(`/log?jimerUid=${UID}`, { scheme, ...(viewport && { viewport }) });
      await events(page).first().click();
      await page.locator('pre').first().waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(await overflows(page)).toBe(false);
    }
  });
});
