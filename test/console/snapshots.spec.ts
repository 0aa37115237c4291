import type { Page } from 'playwright-core';
import { eventOf } from '../support/events';
import { accessibilityProblems, describeInBrowser, overflows, PHONE } from './browser';
import { startConsole, type ConsoleRig } from './rig';

const JOB_MS = 120_000;
/** A time in a field of the browser, which is in this time zone. */
const TIMEZONE = 'Asia/Tokyo';
const localTime = (time: number): string =>
  new Date(time + 9 * 3_600_000).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length);

describeInBrowser('snapshots in the console', () => {
  let rig: ConsoleRig;
  beforeAll(async () => {
    rig = await startConsole({ events: 400 });
  }, 300_000);
  afterAll(() => rig?.stop());

  const list = (page: Page) => page.getByRole('table', { name: 'Snapshots' });

  it('are made, compared with what serves now, and dropped', async () => {
    const tab = await rig.tab({ timezone: TIMEZONE });
    const { page } = tab;
    await page.goto('/pipeline');
    await page.getByText('No snapshots.').waitFor();
    await page.getByRole('button', { name: 'Make a snapshot…' }).click();
    const form = page.getByRole('dialog', { name: 'Make a snapshot' });
    expect(await accessibilityProblems(page)).toEqual([]);
    await form.getByLabel('Name').fill('before_launch');
    await form.getByLabel('As of').fill(localTime(Date.now()));
    await form.getByLabel('Note').fill('before the launch');
    for (const name of ['surveys', 'experiences', 'jimers', 'feedback', 'set-aside'])
      await form.getByRole('checkbox', { name, exact: true }).uncheck();
    await form.getByRole('button', { name: 'Make the snapshot' }).click();
    const row = list(page).getByRole('row', { name: /before_launch/ });
    await row.getByText(/^(clean|indeterminate)$/).waitFor({ timeout: JOB_MS });
    await row.getByText('before the launch').waitFor();

    await row.getByRole('link', { name: 'Compare before_launch of journeys with now' }).click();
    await page.getByText('Both sides are equal.').waitFor();

    const uid = '6c1f7f1e-4a1a-4c0e-9d55-0a5b1de0c0d1';
    const started = eventOf('tour.started', Date.now(), { jimer: { uid, username: 'Ada' } });
    const { body } = await rig.client.post(started);
    await rig.client.get(`/v1/jimers/${uid}/journey`, body.position);
    await page.reload();
    const journey = page.getByRole('region', { name: 'Journey', exact: true });
    await journey.getByText(/^Rows: 1 added/).waitFor();
    const why = journey.getByRole('link', { name: new RegExp(`^Why\\? .*jimer uid ${uid}`) });
    expect(await why.getAttribute('href')).toContain(`/jimers/${uid}/experiences/`);
    const funnel = page.getByRole('table', { name: 'Figures of Funnel' });
    await funnel.getByRole('row', { name: /^started .*\+1$/ }).waitFor();
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      expect({ scheme, problems: await accessibilityProblems(page) }).toEqual({ scheme, problems: [] });
    }
    await page.setViewportSize(PHONE);
    expect(await overflows(page)).toBe(false);

    await page.goBack();
    await row.getByRole('button', { name: 'Drop before_launch' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drop', exact: true }).click();
    await page.getByText('No snapshots.').waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('name what is wrong with a comparison', async () => {
    const tab = await rig.tab();
    tab.expectErrors(/400/);
    await tab.page.goto('/pipeline/diff?projection=journeys&from=nothing&to=active');
    await tab.page.getByRole('alert').getByText(/from/).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('are listed for a read token, without actions', async () => {
    const tab = await rig.tab({ token: 'dev-read-token' });
    await tab.page.goto('/pipeline');
    await tab.page.getByText('No snapshots.').waitFor();
    expect(await tab.page.getByRole('button', { name: 'Make a snapshot…' }).count()).toBe(0);
    expect(tab.problems()).toEqual([]);
  });
});
