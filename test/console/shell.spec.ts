import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@app/testing/infra';
import { eventOf, experience, jimer } from '../support/events';
import { Client, type List } from '../support/http';
import { belowAPath } from './below-a-path';
import { accessibilityProblems, describeInBrowser, openTab, overflows, PHONE } from './browser';
import { startConsole, type ConsoleRig } from './rig';

describeInBrowser('the console', () => {
  let rig: ConsoleRig;
  beforeAll(async () => {
    rig = await startConsole({
      events: 500,
      env: {
        JIMO_WEBHOOK_TOKENS: 'default:dev-webhook-token,acme:the-webhook-of-acme',
        READ_API_TOKENS: 'read:dev-read-token,admin:dev-admin-token,admin@acme:a-token-of-acme',
      },
    });
  }, 300_000);
  afterAll(() => rig?.stop());

  it('lets people in with a token, keeps it out of the address, and forgets it when they sign out', async () => {
    const tab = await rig.tab({ token: null });
    const { page } = tab;
    await page.goto('/jimers');
    await page.getByLabel('Token', { exact: true }).fill('dev-read-token');
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
    expect(page.url()).toBe(`${rig.system.info.readApi}/jimers`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token', { exact: true }).waitFor();
    await page.reload();
    await page.getByLabel('Token', { exact: true }).waitFor();
    expect(
      await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }])),
    ).not.toContain('dev-read-token');
    expect(tab.problems()).toEqual([]);
  });

  it('reports an invalid token, and what to do', async () => {
    const tab = await rig.tab({ token: 'no-such-token' });
    tab.expectErrors(/401/);
    await tab.page.goto('/');
    await tab.page
      .getByRole('alert')
      .getByText(/READ_API_TOKENS/)
      .waitFor();
    await tab.page.getByLabel('Token', { exact: true }).fill('another-wrong-one');
    await tab.page.getByRole('button', { name: 'Sign in' }).click();
    await tab.page
      .getByRole('alert')
      .getByText(/is invalid/)
      .waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('shows only the workspace of the token, on every page', async () => {
    const { gateway, readApi } = rig.system.info;
    const acme = new Client(gateway, readApi, 'the-webhook-of-acme', 'a-token-of-acme');
    const person = jimer({ username: 'Ada of Acme' });
    const about = { experience: experience({ title: 'A tour of Acme' }), jimer: person };
    const wish = { uid: randomUUID(), title: 'A wish of Acme' };
    const positions: string[] = [];
    for (const sent of [
      eventOf('tour.started', Date.now(), about),
      eventOf('request.created', Date.now(), { ...about, request: wish }),
    ]) {
      const { status, body } = await acme.post(sent);
      expect(status).toBe(202);
      positions.push(body.position);
    }
    for (const path of ['/v1/jimers', '/v1/experiences', '/v1/feedback'])
      expect((await acme.get<List>(path, ...positions)).body.items).toHaveLength(1);
    const foreign = await rig.client.get<List<{ uid: string; workspace: string }>>('/v1/jimers?limit=50');
    const { uid } = foreign.body.items.find(({ workspace }) => workspace === 'default')!;

    const tab = await rig.tab({ token: 'a-token-of-acme' });
    const { page } = tab;
    for (const [path, heading, shown] of [
      ['/', 'Overview', 'A tour of Acme'],
      ['/experiences', 'Experiences', 'A tour of Acme'],
      ['/jimers', 'Users', 'Ada of Acme'],
      [`/jimers/${String(person['uid'])}`, 'Ada of Acme', 'A tour of Acme'],
      ['/feedback', 'Feedback', 'A wish of Acme'],
      ['/log', 'Event log', 'A tour of Acme'],
      ['/pipeline', 'Pipeline', 'journeys'],
    ] as const) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await page.getByText(shown).first().waitFor();
    }
    expect(tab.problems()).toEqual([]);
    // A link from a user whose token sees more.
    tab.expectErrors(/40[34]/);
    await page.goto(`/jimers/${uid}?workspace=default`);
    await page.getByRole('alert').getByText('Sign in with another token').waitFor();
    await page.goto(`/jimers/${uid}`);
    await page.getByRole('heading', { level: 1, name: 'User not found' }).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('works with the keyboard: a skip link leads to the content, and a new page gets the focus', async () => {
    const { page } = await rig.tab();
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await page.getByRole('link', { name: 'Pipeline', exact: true }).press('Enter');
    const heading = page.getByRole('heading', { level: 1, name: 'Pipeline' });
    await heading.waitFor();
    await until('the heading to have the focus', () =>
      heading.evaluate((element) => element === document.activeElement),
    );
    expect(await page.title()).toContain('Pipeline');
  });

  it('keeps charts out of the tab order', async () => {
    const { page } = await rig.tab();
    await page.goto('/');
    const activity = page.getByRole('region', { name: 'Events per minute' });
    await activity.locator('svg.recharts-surface path').first().waitFor({ state: 'attached' });
    await activity.getByRole('button', { name: 'Table' }).focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('[aria-hidden]')?.tagName)).toBe(
      undefined,
    );
  });

  it('fits a phone, where a button opens the navigation', async () => {
    const tab = await rig.tab({ viewport: PHONE });
    const { page } = tab;
    await page.goto('/');
    const feedback = page.getByRole('link', { name: 'Feedback', exact: true });
    await page.getByRole('button', { name: 'Navigation' }).click();
    await feedback.waitFor();
    await page.keyboard.press('Escape');
    await feedback.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Navigation' }).click();
    await feedback.click();
    await page.getByRole('heading', { level: 1, name: 'Feedback' }).waitFor();
    expect(await overflows(page)).toBe(false);
    expect(tab.problems()).toEqual([]);
  });

  it('reports a lost connection, keeps the loaded data, and recovers by itself', async () => {
    const tab = await rig.tab();
    const { page, context } = tab;
    await page.goto('/jimers');
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
    tab.expectErrors(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK/);
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByText('No connection').waitFor();
    await context.setOffline(false);
    await page.getByText('No connection').waitFor({ state: 'detached' });
    expect(tab.problems()).toEqual([]);
  });

  it('signs in a new tab with the session of its opener, and signs both out', async () => {
    const tab = await rig.tab({ token: null });
    const { page, context } = tab;
    await page.goto('/jimers');
    await page.getByLabel('Token', { exact: true }).fill('dev-read-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
    const other = await context.newPage();
    await other.goto('/experiences');
    await other.getByRole('heading', { level: 1, name: 'Experiences' }).waitFor();
    await other.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token', { exact: true }).waitFor();
    await page.reload();
    await page.getByLabel('Token', { exact: true }).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('reads one stream for all windows of a browser, which survives the first window', async () => {
    const tab = await rig.tab({ token: 'dev-read-token' });
    const { page, context } = tab;
    const { uid } = (await rig.client.get<List<{ uid: string }>>('/v1/jimers?limit=1&workspace=default')).body
      .items[0]!;
    const streams = async (): Promise<number> =>
      Number(
        /^read_api_stream_clients(?:{[^}]*})? (\d+)/m.exec(
          await (await fetch(`${rig.system.info.readApi}/metrics`)).text(),
        )![1],
      );
    const before = await streams();
    const windows = [page, await context.newPage(), await context.newPage(), await context.newPage()];
    for (const window of windows) {
      await window.goto(`/jimers/${uid}`);
      await window.getByText('Live', { exact: true }).waitFor();
    }
    await until('one stream more', async () => (await streams()) === before + 1);
    await page.close();
    const title = `Told to all ${uid.slice(0, 8)}`;
    const sent = { experience: experience({ title }), jimer: jimer({ uid }) };
    expect((await rig.client.post(eventOf('tour.started', Date.now(), sent))).status).toBe(202);
    for (const window of windows.slice(1)) await window.getByText(title).first().waitFor();
    expect(await streams()).toBe(before + 1);
    expect(tab.problems()).toEqual([]);
  });

  it('works behind a proxy that strips a path prefix: pages, deep links, stream and documentation', async () => {
    const proxy = await belowAPath(rig.system.info.readApi, '/jimo');
    const tab = await openTab(rig.browser, proxy.url, { token: null });
    try {
      const { page } = tab;
      await page.goto('/jimo/');
      await page.getByLabel('Token', { exact: true }).fill('dev-read-token');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
      await page.getByRole('link', { name: 'Users', exact: true }).click();
      await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/jimo/jimers');
      const { uid } = (await rig.client.get<List<{ uid: string }>>('/v1/jimers?limit=1&workspace=default'))
        .body.items[0]!;
      await page.goto(`/jimo/jimers/${uid}`);
      await page.getByText('Live', { exact: true }).waitFor();
      for (const docs of ['/jimo/docs', '/jimo/docs/']) {
        await page.goto(docs);
        await page.locator('#operations-jimers-listJimers').waitFor();
      }
      tab.expectErrors(/401/);
      await page.locator('#operations-jimers-listJimers').click();
      await page.getByRole('button', { name: 'Try it out' }).click();
      await page.getByRole('button', { name: 'Execute' }).click();
      await page.locator('.live-responses-table').getByText('401').first().waitFor();
      expect(proxy.elsewhere).toEqual([]);
      expect(tab.problems()).toEqual([]);
    } finally {
      await tab.context.close();
      await proxy.close();
    }
  }, 300_000);

  it('shows the rest of a page when one part of it fails', async () => {
    const tab = await rig.tab();
    const { page } = tab;
    tab.expectErrors(/./);
    await page.route('**/v1/lifecycle*', (route) =>
      route.fulfill({ json: { items: [null], nextCursor: null } }),
    );
    await page.goto('/');
    await page.getByRole('alert').getByText('Could not show today’s changes').waitFor();
    await page.getByRole('heading', { name: 'Events per minute' }).waitFor();
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
  });

  it('serves one page for all its addresses, with a policy that allows no other origin', async () => {
    const { readApi } = rig.system.info;
    for (const path of [
      '/',
      '/experiences',
      '/jimers/17dff65e-434d-4454-bb57-a1167fefbb6b',
      '/pipeline/quarantine',
    ]) {
      const answer = await fetch(`${readApi}${path}`);
      expect({ path, status: answer.status, type: answer.headers.get('content-type') }).toEqual({
        path,
        status: 200,
        type: 'text/html; charset=utf-8',
      });
      const policy = answer.headers.get('content-security-policy')!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      const nonce = /'nonce-([^']+)'/.exec(policy)![1]!;
      expect(await answer.text()).toContain(nonce);
      expect((await fetch(`${readApi}${path}`)).headers.get('content-security-policy')).not.toContain(nonce);
    }
  });

  it.each([
    '/../package.json',
    '/assets/../index.html',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/index.html.gz',
  ])('has no file at %s', async (path) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = new URL(rig.system.info.readApi);
      request({ hostname, port, path }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });

  it('shows a page for unknown addresses, but leaves unknown API paths to the API', async () => {
    const tab = await rig.tab();
    const { page } = tab;
    tab.expectErrors(/404/);
    await page.goto('/expereinces');
    await page.getByRole('heading', { level: 1, name: 'Page not found' }).waitFor();
    await page.getByRole('link', { name: 'Go to the overview' }).click();
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    expect(tab.problems()).toEqual([]);
    for (const [path, accept] of [
      ['/expereinces', 'application/json'],
      ['/v1/expereinces', 'text/html'],
      ['/assets/none.js', 'text/html'],
    ] as const) {
      const answer = await fetch(`${rig.system.info.readApi}${path}`, { headers: { accept } });
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        404,
        'application/problem+json; charset=utf-8',
      ]);
    }
  });

  it('weighs less than 400 kB compressed, in files that can be cached forever', async () => {
    const folder = join(__dirname, '../../dist/console/assets');
    const page = readFileSync(join(folder, '../index.html'), 'utf8');
    const script = /src="\.\/assets\/([^"]+\.js)"/.exec(page)![1]!;
    const style = /href="\.\/assets\/([^"]+\.css)"/.exec(page)![1]!;
    const worker = readdirSync(folder).find((file) => /\.worker-.*\.js$/.test(file))!;
    // The script, its style sheet, and the worker that reads the stream: other files are fetched with their pages.
    const sizes = [script, style, worker].map((file) => statSync(join(folder, `${file}.br`)).size);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(400_000);
    const answer = await fetch(`${rig.system.info.readApi}/assets/${script}`, {
      headers: { 'accept-encoding': 'br' },
    });
    expect(answer.headers.get('content-encoding')).toBe('br');
    expect(answer.headers.get('cache-control')).toContain('immutable');
  });

  it('shows the overview in less than a second', async () => {
    // The best of several runs, because the load of the machine is not under test.
    const times: number[] = [];
    await until(
      'a load in less than a second',
      async () => {
        const { page } = await rig.tab();
        const began = performance.now();
        await page.goto('/');
        await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
        times.push(performance.now() - began);
        await page.context().close();
        return times.at(-1)! < 1_000;
      },
      { deadlineMs: 100_000 },
    ).catch((error: unknown) => {
      throw new Error(`loads took ${times.map(Math.round).join(', ')} ms`, { cause: error });
    });
  });
});
