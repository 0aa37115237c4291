import { until } from '@app/testing/infra';
import { eventOf, nextTime } from '../support/events';
import { appendTooDeep } from '../support/too-deep';
import { accessibilityProblems, describeInBrowser, overflows, PHONE } from './browser';
import { startConsole, type ConsoleRig } from './rig';

/** Time limit for jobs that a projector does in a separate thread, on a busy machine. */
const JOB_MS = 60_000;

const invalid = () => ({
  ...eventOf('tour.started', nextTime()),
  experience: { uid: 'not-a-uuid', title: 7 },
});
const unknown = () => ({ event: 'tour.teleported', version: '0', time: nextTime() });

describeInBrowser('the overview and the pipeline', () => {
  let rig: ConsoleRig;
  beforeAll(async () => {
    rig = await startConsole({ events: 1_000 });
    const positions: string[] = [];
    for (const event of [invalid(), invalid(), invalid(), unknown(), unknown()]) {
      const { status, body, text } = await rig.client.post(event);
      if (status !== 202) throw new Error(text);
      positions.push(body.position);
    }
    await rig.client.get('/v1/quarantine', ...positions);
    await appendTooDeep(rig.system.info);
    await appendTooDeep(rig.system.info);
    await until('the dead letters', async () => {
      const { body } = await rig.client.get<{ items: unknown[] }>('/v1/dead-letters');
      return body.items.length === 2;
    });
  }, 300_000);
  afterAll(() => rig?.stop());

  const open = async (path: string, options: Parameters<ConsoleRig['tab']>[0] = {}) => {
    const tab = await rig.tab(options);
    await tab.page.goto(path);
    return tab;
  };

  it('show live activity, today’s changes, the most used experiences, and open feedback', async () => {
    const tab = await open('/');
    const { page } = tab;
    const activity = page.getByRole('region', { name: 'Events per minute' });
    await activity.getByText(/events in the last hour/).waitFor();
    const before = await activity.getByText(/in the last hour/).textContent();
    await rig.client.post(eventOf('tour.started', nextTime()));
    await until('the new event to be counted', async () => {
      const now = await activity.getByText(/in the last hour/).textContent();
      return now !== before;
    });
    await activity.getByRole('button', { name: 'Table' }).click();
    await activity.getByRole('table').getByRole('row').nth(1).waitFor();
    await page.getByRole('region', { name: 'Changed today' }).waitFor();
    const used = page.getByRole('region', { name: 'Most used' }).getByRole('article');
    await used.first().waitFor();
    await page.getByRole('region', { name: 'Open feedback' }).getByText('Under review').waitFor();
    await page.getByText('2 dead letters wait').waitFor();
    await page.getByRole('link', { name: 'Open the pipeline' }).click();
    await page.getByRole('heading', { level: 1, name: 'Pipeline' }).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it.each(['dev-read-token', 'dev-admin-token'])(
    'report open rejected events to the holder of %s, and never claim to be healthy',
    async (token) => {
      const { page } = await open('/', { token });
      await page.getByText(/wait in the quarantine/).waitFor();
      await page.getByText(/wait among the unrecognized/).waitFor();
      expect(await page.getByText('Healthy', { exact: true }).count()).toBe(0);
    },
  );

  it('show an unknown health as neither healthy nor unhealthy, and explain how to connect Jimo', async () => {
    const tab = await open('/');
    const { page } = tab;
    await page.route('**/v1/health', async (route) => {
      const answer = await route.fetch();
      const health = (await answer.json()) as { parts: object[] };
      const parts = health.parts.map((part) => ({ ...part, status: 'healthy', findings: [], unknown: [] }));
      const unknown = { name: 'refusals', status: 'unknown', findings: [], unknown: ['No gateway says.'] };
      const workspaces = [{ workspace: 'acme', lastEventAt: null, everReceived: false }];
      const refused = { workspace: null, status: 401, reason: 'The request has no token.', count: 3 };
      const now = new Date().toISOString();
      const refusals = { since: now, groups: [{ ...refused, firstAt: now, lastAt: now }] };
      await route.fulfill({
        json: { ...health, status: 'unknown', parts: [...parts, unknown], workspaces, refusals },
      });
    });
    await page.reload();
    await page.getByText('No problems found, but some checks are unknown').waitFor();
    await page.getByText('No gateway says.').waitFor();
    const connect = page.getByRole('region', { name: 'Connect Jimo' });
    await connect.getByText(/No event has been received yet from acme/).waitFor();
    // The address of this system's gateway, with a placeholder for the token.
    await connect.getByText(`${rig.system.info.gateway}/webhooks/jimo?token=WEBHOOK_TOKEN`).waitFor();
    await connect.getByText('The request has no token.').waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    expect(tab.problems()).toEqual([]);
  });

  it('list the processes of the apps and the last event of each workspace', async () => {
    const { page } = await open('/pipeline', { token: 'dev-read-token' });
    const apps = page.getByRole('table', { name: 'Apps' });
    for (const app of ['gateway', 'journey-projector', 'experience-projector', 'feedback-projector'])
      await apps.getByRole('row', { name: new RegExp(`^${app}.* ready`) }).waitFor();
    await page.getByRole('table', { name: 'Last event of each workspace' }).getByText('default').waitFor();
  });

  it('name the new status after a status change', async () => {
    const { page } = await open('/');
    const today = page.getByRole('region', { name: 'Changed today' });
    const paused = eventOf('tour.status-changed', Math.floor(Date.now() / 1_000) * 1_000);
    const about = { ...(paused['experience'] as object), title: 'Held back', state: 'PAUSED' };
    await rig.client.post({ ...paused, experience: about });
    await today.getByText('Sam at Jimo paused the tour Held back').waitFor();
  });

  it('show a change by the team within seconds', async () => {
    const tab = await open('/');
    const { page } = tab;
    const today = page.getByRole('region', { name: 'Changed today' });
    await today.waitFor();
    const created = eventOf('tour.created', Math.floor(Date.now() / 1_000) * 1_000);
    await rig.client.post({
      ...created,
      experience: { ...(created['experience'] as object), title: 'Brand new' },
    });
    await today.getByRole('link', { name: 'Brand new' }).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('show topics, projections and the offset ledger', async () => {
    const tab = await open('/pipeline', { token: 'dev-read-token' });
    const { page } = tab;
    await page.getByRole('table', { name: 'Topics' }).getByText('jimo.engagement').waitFor();
    const card = page.getByRole('article', { name: 'journeys' });
    await card.getByText('complete', { exact: true }).waitFor();
    // A read token is offered no action that the API would refuse.
    expect(await page.getByRole('button', { name: 'Verify' }).count()).toBe(0);
    expect(await page.getByRole('tab').count()).toBe(0);
    await page.getByRole('button', { name: 'Details of journeys' }).click();
    await page.getByRole('table', { name: 'Offset ledger' }).getByText('jimo.engagement/0').waitFor();
    await page.keyboard.press('Escape');
    expect(tab.problems()).toEqual([]);
  });

  it('verify, rebuild and roll back a projection, and show the outcome', async () => {
    const tab = await open('/pipeline');
    const { page } = tab;
    const card = page.getByRole('article', { name: 'jimers' });
    await card.getByRole('button', { name: 'Verify' }).click();
    await card.getByText(/row by row: clean/).waitFor({ timeout: JOB_MS });

    await card.getByRole('button', { name: 'More actions for jimers' }).click();
    await page.getByRole('menuitem', { name: 'Rebuild…' }).click();
    const before = (await card.getByText(/\(version/).textContent())!;
    await page
      .getByRole('dialog', { name: 'Rebuild jimers?' })
      .getByRole('button', { name: 'Rebuild' })
      .click();
    await page.getByText('Rebuild started.').waitFor();
    await until('the new generation to serve', async () => {
      const now = await card.getByText(/\(version/).textContent();
      return now !== before;
    });

    await card.getByRole('button', { name: 'More actions for jimers' }).click();
    await page.getByRole('menuitem', { name: 'Roll back…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await card.getByText(before).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('pause a projection with a reason and resume it, with the keyboard', async () => {
    const tab = await open('/pipeline');
    const { page } = tab;
    const card = page.getByRole('article', { name: 'feedback' });
    await card.getByRole('button', { name: 'More actions for feedback' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Pause…' }).press('Enter');
    await page.getByRole('textbox', { name: 'Reason' }).fill('the disk is full');
    await page.keyboard.press('Enter');
    await card.getByText('Paused: the disk is full').waitFor();
    await card.getByRole('button', { name: 'More actions for feedback' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Resume' }).press('Enter');
    await card.getByText('Paused: the disk is full').waitFor({ state: 'detached' });
    expect(tab.problems()).toEqual([]);
  });

  it('show quarantined events with reasons and payload, and discard some', async () => {
    const tab = await open('/pipeline/quarantine');
    const { page } = tab;
    // The buttons of the list, not those of the groups above it with the same names.
    const events = page.getByRole('heading', { level: 2 }).getByRole('button', { name: /tour\.started/ });
    await events.nth(2).waitFor();
    await events.first().click();
    await page.getByLabel('Payload').getByText('not-a-uuid').waitFor();
    await page.getByRole('list', { name: 'Reasons' }).getByText(/UUID/).waitFor();
    // The event is still invalid.
    await page.getByRole('button', { name: 'Replay this event' }).click();
    await page.getByText(/still rejected/).waitFor();

    const all = page.getByRole('checkbox', { name: 'Select the 3 shown' });
    await all.check();
    await page.getByRole('button', { name: 'Replay 3 events' }).waitFor();
    await page
      .getByRole('checkbox', { name: /^Select tour/ })
      .nth(2)
      .uncheck();
    expect(await all.isChecked()).toBe(false);
    await page.getByRole('button', { name: 'Discard 2 events…' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('a test of March');
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await events.nth(1).waitFor({ state: 'detached' });
    expect(await events.count()).toBe(1);
    await page.getByText('Discarded', { exact: true }).first().click();
    await events.nth(1).waitFor();
    // The event that was open stays open.
    await page.getByText('Discarded: a test of March').waitFor();
    expect(page.url()).toContain('state=discarded');
    expect(tab.problems()).toEqual([]);
  });

  it('count rejected events by name and reason, filter by one group, and discard all that match', async () => {
    const at = Date.now() - 3_600_000;
    const TOTAL = 60;
    const sent = Array.from({ length: TOTAL }, (_, n) =>
      eventOf('post.liked', at + n * 1_000, { jimer: { uid: 'nobody' } }),
    );
    const { body } = await rig.client.postBatch(sent);
    const positions = body.map(({ position }) => position);
    expect((await rig.client.get('/v1/quarantine?limit=1', ...positions)).status).toBe(200);
    const tab = await open('/pipeline/quarantine');
    const { page } = tab;
    const groups = page.getByRole('table', { name: 'Groups' });
    await groups.getByRole('button', { name: 'post.liked' }).first().click();
    await page.getByText('Filtered by group').waitFor();
    expect(page.url()).toContain('event=post.liked');
    await page.getByRole('checkbox', { name: `Select all ${TOTAL} that match` }).check();
    await page.getByRole('button', { name: `Discard ${TOTAL} events…` }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('a faulty sender');
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await groups.getByRole('button', { name: 'post.liked' }).waitFor({ state: 'detached', timeout: JOB_MS });
    expect(tab.problems()).toEqual([]);
  });

  it('show unrecognized events', async () => {
    const tab = await open('/pipeline/unrecognized');
    const { page } = tab;
    await page
      .getByRole('button', { name: /tour\.teleported/ })
      .nth(1)
      .waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(tab.problems()).toEqual([]);
  });

  it('show dead letters with their record, and replay and discard them', async () => {
    const tab = await open('/pipeline/dead-letters');
    const { page } = tab;
    const letters = page.getByRole('button', { name: /survey\.step\.answered · surveys/ });
    await letters.nth(1).waitFor();
    await letters.first().click();
    await page
      .getByText(/nested deeper/)
      .first()
      .waitFor();
    await page
      .getByLabel('Payload')
      .getByText(/\[\s+\[/)
      .waitFor();
    await page.getByRole('button', { name: 'Replay this event' }).click();
    await page.getByText('Replay started.').waitFor();
    await page.getByText(/2 attempts/).waitFor({ timeout: JOB_MS });
    await page.getByRole('button', { name: 'Discard this event…' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('not a real answer');
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await letters.nth(1).waitFor({ state: 'detached' });
    await page.getByText('Discarded', { exact: true }).first().click();
    await page.getByText(/not a real answer/).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('can be read by everyone, in %s and on a phone', async (scheme) => {
    const tab = await rig.tab({ scheme });
    const { page } = tab;
    for (const [path, there] of [
      ['/', page.getByRole('region', { name: 'Most used' }).getByRole('article').first()],
      ['/pipeline', page.getByRole('table', { name: 'Topics' })],
      ['/pipeline/dead-letters', page.getByRole('heading', { level: 2 }).first()],
      ['/pipeline/quarantine', page.getByRole('heading', { level: 2 }).first()],
    ] as const) {
      await page.goto(path);
      await there.waitFor();
      expect({ path, problems: await accessibilityProblems(page) }).toEqual({ path, problems: [] });
      await page.setViewportSize(PHONE);
      expect({ path, overflows: await overflows(page) }).toEqual({ path, overflows: false });
      expect({ path, problems: await accessibilityProblems(page) }).toEqual({ path, problems: [] });
      await page.setViewportSize({ width: 1280, height: 900 });
    }
    expect(tab.problems()).toEqual([]);
  });
});
