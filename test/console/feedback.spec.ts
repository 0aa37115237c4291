import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { until } from '@app/testing/infra';
import type { Locator, Page, Route } from 'playwright-core';
import { eventOf } from '../support/events';
import {
  accessibilityProblems,
  counted,
  describeInBrowser,
  overflows,
  PHONE,
  type Tab,
  type TabOptions,
} from './browser';
import { startConsole, type ConsoleRig } from './rig';

const WIDE = { width: 1_700, height: 950 };

interface Item {
  readonly version: number;
  readonly status: string;
  readonly tags: readonly string[];
  readonly assignee: string | null;
  readonly note: string | null;
  readonly mergedInto: string | null;
  readonly history: readonly { readonly version: number; readonly actor: string | null }[];
}

describeInBrowser('the feedback page', () => {
  let rig: ConsoleRig;
  beforeAll(async () => {
    rig = await startConsole({ events: 1_000 });
    const hour = Date.now() - 3_600_000;
    const requests = Array.from({ length: 30 }, (_, number) =>
      eventOf('request.created', hour + number, { request: { uid: randomUUID(), title: `Wish ${number}` } }),
    );
    const { body } = await rig.client.postBatch(requests);
    await rig.client.get('/v1/feedback?limit=1', ...body.map(({ position }) => position));
  }, 300_000);
  afterAll(() => rig?.stop());

  /** A request that is on the board: as new as can be, so on top of its column. */
  async function submitted(title: string, more: object = {}): Promise<string> {
    const uid = randomUUID();
    const request = { uid, title, description: `All about ${title}.\nIn two lines.`, ...more };
    const event = eventOf('request.created', Date.now(), { request });
    const { body } = await rig.client.post(event);
    await rig.client.get(`/v1/feedback/${uid}`, body.position);
    return uid;
  }
  const itemOf = async (uid: string): Promise<Item> =>
    (await rig.client.get<Item>(`/v1/feedback/${uid}`)).body;
  /** What becomes of the next change that the page sends; of what it reads meanwhile nothing is held up. */
  async function onNextChange(page: Page, act: (route: Route) => Promise<void>): Promise<void> {
    let next = true;
    await page.route('**/v1/feedback/*', async (route) => {
      if (!next || route.request().method() !== 'PATCH') return route.continue();
      next = false;
      await act(route);
    });
  }
  /** A change by Kim through the API, without a page. */
  async function byKim(uid: string, change: object): Promise<void> {
    const { version } = await itemOf(uid);
    const { status, text } = await rig.client.patch(`/v1/feedback/${uid}`, `"${version}"`, {
      ...change,
      actor: 'Kim',
    });
    if (status !== 200) throw new Error(text);
  }
  async function board(options: TabOptions = {}, path = '/feedback'): Promise<Tab & { page: Page }> {
    const tab = await rig.tab({ token: 'dev-triage-token', viewport: WIDE, ...options });
    await tab.page.goto(path);
    await column(tab.page, 'New').getByRole('listitem').first().waitFor();
    return tab;
  }
  const column = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true });
  const card = (within: Page | Locator, title: string): Locator =>
    within.getByRole('listitem').filter({
      has: ('page' in within ? within.page() : within).getByRole('link', { name: title, exact: true }),
    });
  const panel = (page: Page): Locator => page.getByRole('dialog');
  const named = (page: Page): Promise<void> => page.getByLabel('Your name, for the history').fill('Ana');

  async function drag(page: Page, title: string, to: string): Promise<void> {
    const from = (await card(page, title).boundingBox())!;
    const target = (await column(page, to).boundingBox())!;
    await page.mouse.move(from.x + 40, from.y + from.height - 8);
    await page.mouse.down();
    await page.mouse.move(from.x + 60, from.y + from.height, { steps: 4 });
    await page.mouse.move(target.x + target.width / 2, target.y + 80, { steps: 8 });
    await page.mouse.up();
  }
  async function moveByMenu(page: Page, title: string, to: string): Promise<void> {
    await page.getByRole('button', { name: `Move “${title}” to…` }).click();
    await page.getByRole('menuitem', { name: to, exact: true }).click();
  }

  describe('the board', () => {
    it('has a column for each status with its count, and more on demand, for everybody to use', async () => {
      const tab = await board();
      const { page } = tab;
      const { body } = await rig.client.get<{ byStatus: Record<string, number> }>('/v1/feedback/summary');
      const total = body.byStatus['new']!;
      expect(total).toBeGreaterThan(25);
      await column(page, 'New').getByText(String(total), { exact: true }).waitFor();
      for (const name of ['Under review', 'Planned', 'In progress', 'Done', 'Declined'])
        await column(page, name).waitFor();
      await counted(column(page, 'New').getByRole('listitem'), 25);
      await column(page, 'New').getByRole('button', { name: 'Show more' }).click();
      await column(page, 'New').getByRole('listitem').nth(25).waitFor();
      expect(await accessibilityProblems(page)).toEqual([]);
      expect(tab.problems()).toEqual([]);
    });

    it('is accessible in light and dark, and fits a phone with an item open', async () => {
      const uid = await submitted('Small screens', {
        tags: ['x'.repeat(80)],
        deep: { list: [1, { a: true }] },
      });
      await byKim(uid, {
        tags: ['ux', 'very long tag that goes on and on and on and on'],
        assignee: 'Sam',
        note: 'Hm',
      });
      for (const scheme of ['light', 'dark'] as const)
        for (const viewport of [PHONE, WIDE]) {
          const tab = await board({ scheme, viewport });
          const { page } = tab;
          expect({ scheme, found: await accessibilityProblems(page) }).toEqual({ scheme, found: [] });
          expect(await overflows(page)).toBe(false);
          await card(page, 'Small screens').getByRole('link').click();
          await panel(page).getByText('In two lines.').waitFor();
          await panel(page).getByRole('button', { name: 'Raw JSON' }).click();
          await panel(page).getByText('"deep"').waitFor();
          expect({ scheme, found: await accessibilityProblems(page) }).toEqual({ scheme, found: [] });
          expect(await overflows(page)).toBe(false);
          await page.keyboard.press('Escape');
          await panel(page).waitFor({ state: 'detached' });
          expect(tab.problems()).toEqual([]);
          await page.context().close();
        }
    });

    it('keeps its filters in the address, except e-mail addresses', async () => {
      const uid = await submitted('Filtered in');
      await byKim(uid, { tags: ['filter-me'], assignee: 'Robin' });
      await submitted('Filtered out');
      const { page } = await board();
      await card(page, 'Filtered out').waitFor();
      await page.getByLabel('Tag', { exact: true }).selectOption('filter-me');
      await card(page, 'Filtered out').waitFor({ state: 'detached' });
      await card(page, 'Filtered in').waitFor();
      await column(page, 'New').getByText('1', { exact: true }).waitFor();
      expect(new URL(page.url()).search).toBe('?tag=filter-me');
      await page.goBack();
      await card(page, 'Filtered out').waitFor();
      await page.getByRole('combobox', { name: 'Assignee' }).fill('Robin');
      await card(page, 'Filtered out').waitFor({ state: 'detached' });
      await page.reload();
      await card(page, 'Filtered in').waitFor();
      await card(page, 'Filtered in').getByRole('link').click();
      await panel(page).getByRole('heading', { name: 'History' }).waitFor();
      expect(new URL(page.url()).search).toBe('?assignee=Robin&itemWorkspace=default');
      await page.keyboard.press('Escape');
      await panel(page).waitFor({ state: 'detached' });
      const opener = card(page, 'Filtered in').getByRole('link');
      expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await page.getByLabel('Text', { exact: true }).fill('robin@example.com');
      await column(page, 'New').getByText('No requests match these filters.').waitFor();
      expect(page.url()).not.toMatch(/@|%40|robin/i);
    });

    it('exports the filtered list', async () => {
      const { page } = await board({}, '/feedback?q=Wish');
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export CSV' }).click();
      const rows = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
      expect(rows[0]).toMatch(/^\ufeff?uid,workspace,title,description,status/);
      expect(rows.length).toBe(31);
      expect(rows.slice(1).filter((row) => !row.includes('Wish'))).toEqual([]);
    });

    it('is read-only with a token of scope read', async () => {
      const uid = await submitted('Look, do not touch');
      const { page } = await board({ token: 'dev-read-token' });
      await page.getByText(/need a token of scope triage/).waitFor();
      await card(page, 'Look, do not touch').getByRole('link').click();
      await panel(page).getByText('All about Look').waitFor();
      expect(await panel(page).getByRole('button', { name: 'Save changes' }).count()).toBe(0);
      expect(await panel(page).getByRole('textbox').count()).toBe(0);
      await page.keyboard.press('Escape');
      await panel(page).waitFor({ state: 'detached' });
      expect(await page.getByRole('button', { name: /^(Move|Pick up) “/ }).count()).toBe(0);
      await drag(page, 'Look, do not touch', 'Done');
      expect((await itemOf(uid)).version).toBe(1);
    });
  });

  describe('moving', () => {
    it('works with the mouse, and can be undone', async () => {
      const uid = await submitted('By mouse');
      const tab = await board();
      const { page } = tab;
      await drag(page, 'By mouse', 'Planned');
      await card(column(page, 'Planned'), 'By mouse').waitFor();
      await page.getByRole('button', { name: 'Undo' }).click();
      await card(column(page, 'New'), 'By mouse').waitFor();
      await page.getByText('Moved to New').waitFor();
      expect(await itemOf(uid)).toMatchObject({ status: 'new', version: 3 });
      expect(tab.problems()).toEqual([]);
    });

    it('works with the keyboard, and announces the column', async () => {
      const uid = await submitted('By keyboard');
      const tab = await board({ viewport: { width: 1_000, height: 800 } });
      const { page } = tab;
      const grip = page.getByRole('button', { name: 'Pick up “By keyboard”' });
      const spoken = (text: string): Promise<void> =>
        page.locator('[id^=DndLiveRegion]', { hasText: text }).waitFor();
      await grip.press('Space');
      await spoken('Picked up “By keyboard” in New');
      for (const place of ['Under review', 'Planned', 'In progress', 'Done']) {
        await page.keyboard.press('ArrowRight');
        await spoken(`Over ${place}`);
      }
      await page.keyboard.press('ArrowLeft');
      await spoken('Over In progress');
      await page.keyboard.press('Space');
      await card(column(page, 'In progress'), 'By keyboard').waitFor();
      await page.getByText('Moved to In progress').waitFor();
      expect(await grip.evaluate((element) => element === document.activeElement)).toBe(true);
      expect((await itemOf(uid)).status).toBe('in-progress');
      await grip.press('Enter');
      await page.keyboard.press('ArrowLeft');
      await spoken('Over Planned');
      await page.keyboard.press('Escape');
      await spoken('stays in In progress');
      expect((await itemOf(uid)).version).toBe(2);
      expect(tab.problems()).toEqual([]);
    });

    it('works from a menu on a phone, and updates the counts', async () => {
      const uid = await submitted('By menu');
      const { page } = await board({ viewport: PHONE });
      const before = (await rig.client.get<{ byStatus: Record<string, number> }>('/v1/feedback/summary'))
        .body;
      const declined = column(page, 'Declined');
      await declined.getByText(String(before.byStatus['declined']), { exact: true }).waitFor();
      await moveByMenu(page, 'By menu', 'Declined');
      await card(declined, 'By menu').waitFor();
      await declined.getByText(String(before.byStatus['declined']! + 1), { exact: true }).waitFor();
      await page.getByText('Moved to Declined').waitFor();
      expect((await itemOf(uid)).status).toBe('declined');
      const menu = page.getByRole('button', { name: 'Move “By menu” to…' });
      expect(await menu.evaluate((element) => element === document.activeElement)).toBe(true);
    });

    it('shows on another open board', async () => {
      await submitted('Seen by all');
      const [one, other] = [await board(), await board()];
      await card(other.page, 'Seen by all').waitFor();
      await moveByMenu(one.page, 'Seen by all', 'Done');
      await card(column(other.page, 'Done'), 'Seen by all').waitFor();
      await card(column(other.page, 'New'), 'Seen by all').waitFor({ state: 'detached' });
      await moveByMenu(other.page, 'Seen by all', 'Planned');
      await card(column(one.page, 'Planned'), 'Seen by all').waitFor();
      expect([...one.problems(), ...other.problems()]).toEqual([]);
    });

    it('is reverted when another person moved the item first, names its column, and can be retried', async () => {
      const uid = await submitted('Pulled at');
      const tab = await board();
      const { page } = tab;
      tab.expectErrors(/412/);
      await onNextChange(page, async (route) => {
        await byKim(uid, { status: 'done' });
        await route.continue();
      });
      await moveByMenu(page, 'Pulled at', 'Planned');
      await page.getByText('Kim moved it first: “Pulled at” is now in Done.').waitFor();
      await card(column(page, 'Done'), 'Pulled at').waitFor();
      await page.getByRole('button', { name: 'Move to Planned' }).click();
      await card(column(page, 'Planned'), 'Pulled at').waitFor();
      await page.getByText('Moved to Planned').waitFor();
      expect(await itemOf(uid)).toMatchObject({ status: 'planned', version: 3 });
      expect(tab.problems()).toEqual([]);
    });

    it('succeeds when another person changed another field', async () => {
      const uid = await submitted('Touched elsewhere');
      const tab = await board();
      tab.expectErrors(/412/);
      await onNextChange(tab.page, async (route) => {
        await byKim(uid, { tags: ['kims'] });
        await route.continue();
      });
      await moveByMenu(tab.page, 'Touched elsewhere', 'Planned');
      await tab.page.getByText('Moved to Planned').waitFor();
      expect(await itemOf(uid)).toMatchObject({ status: 'planned', tags: ['kims'], version: 3 });
    });

    it('is reverted without a response, and is not repeated if it had been saved', async () => {
      const uid = await submitted('Unanswered');
      const tab = await board();
      const { page } = tab;
      tab.expectErrors(/ERR_FAILED/);
      await onNextChange(page, async (route) => {
        await route.fetch();
        await route.abort();
      });
      await moveByMenu(page, 'Unanswered', 'Planned');
      await page.getByText('“Unanswered” may or may not have been moved to Planned.').waitFor();
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('Moved to Planned').waitFor();
      await card(column(page, 'Planned'), 'Unanswered').waitFor();
      expect((await itemOf(uid)).version).toBe(2);
    });
  });

  describe('an item', () => {
    async function opened(uid: string, options: TabOptions = {}): Promise<Tab> {
      const tab = await board(options, `/feedback/${uid}`);
      await panel(tab.page).getByRole('heading', { name: 'History' }).waitFor();
      return tab;
    }
    const note = (page: Page): Locator => panel(page).getByLabel('Note', { exact: true });
    const save = (page: Page, name = 'Save changes'): Promise<void> =>
      panel(page).getByRole('button', { name }).click();

    it('can be merged into a request whose uid was submitted twice', async () => {
      const [uid, shared] = [await submitted('Merge me'), randomUUID()];
      const twice = [0, 1].map((n) =>
        eventOf('request.created', Date.now() - 1_000 + n, {
          request: { uid: shared, title: 'Asked by two' },
        }),
      );
      const { body } = await rig.client.postBatch(twice);
      await rig.client.get('/v1/feedback?limit=1', ...body.map(({ position }) => position));
      const tab = await opened(uid);
      await panel(tab.page).getByLabel('Merged into').fill('Asked by');
      const options = tab.page.getByRole('option', { name: 'Asked by two' });
      await options.first().waitFor();
      expect(await options.count()).toBe(1);
      await options.click();
      await save(tab.page);
      await panel(tab.page).getByText('Saved.').waitFor();
      expect(await itemOf(uid)).toMatchObject({ mergedInto: shared });
      expect(tab.problems()).toEqual([]);
    });

    it('shows the request and its requester, can be edited in all fields, and keeps its history', async () => {
      const [uid, original] = [await submitted('Every field'), await submitted('The original of it')];
      const tab = await opened(uid);
      const { page } = tab;
      expect(await panel(page).getByRole('link', { name: 'Sam' }).getAttribute('href')).toMatch(
        /^\/jimers\//,
      );
      await named(page);
      await panel(page).getByLabel('Status').selectOption('Planned');
      await panel(page).getByLabel('Tags').fill('one');
      await page.keyboard.press('Enter');
      await panel(page).getByRole('combobox', { name: 'Assignee' }).fill('Robin');
      await note(page).fill('Looks good');
      await panel(page).getByText('Not saved yet: status, tags, assignee, note').waitFor();
      await save(page);
      await panel(page).getByText('Saved.').waitFor();
      await panel(page).getByLabel('Merged into').fill('The original');
      await page.getByRole('option', { name: 'The original of it' }).click();
      await save(page);
      await panel(page).getByText('Saved.').waitFor();
      const stored = await itemOf(uid);
      expect(stored).toMatchObject({
        ...{ status: 'planned', tags: ['one'], assignee: 'Robin', note: 'Looks good' },
        ...{ mergedInto: original, version: 3 },
      });
      expect(stored.history.map(({ actor }) => actor)).toEqual(['Ana', 'Ana']);
      const history = panel(page).getByRole('region', { name: 'History' });
      await history.getByRole('listitem').nth(2).waitFor();
      expect(await history.getByRole('listitem').first().textContent()).toMatch(
        /Ana.*Merged into.*The original of it/s,
      );
      expect(await accessibilityProblems(page)).toEqual([]);
      await history.getByRole('link', { name: 'The original of it' }).click();
      await panel(page).getByRole('heading', { name: 'Merged into this one (1)' }).waitFor();
      await page.keyboard.press('Escape');
      await panel(page).waitFor({ state: 'detached' });
      await card(page, 'Every field').waitFor({ state: 'detached' });
      await page.getByLabel('Merged requests').selectOption('Only merged');
      await card(column(page, 'Planned'), 'Every field').waitFor();
      expect(tab.problems()).toEqual([]);
    });

    it('edited by two people on two boards loses no text of either', async () => {
      const uid = await submitted('Two minds');
      const [ana, kim] = [await opened(uid), await opened(uid)];
      await named(ana.page);
      await kim.page.getByLabel('Your name, for the history').fill('Kim');
      await note(ana.page).fill('Anas long thought');
      await note(kim.page).fill('Kims long thought');
      await panel(kim.page).getByRole('combobox', { name: 'Assignee' }).fill('Kim');
      await save(kim.page);
      await panel(kim.page).getByText('Saved.').waitFor();

      const choice = panel(ana.page).getByRole('group', { name: 'Note: changed by you and by Kim' });
      await choice.getByText('Kims long thought').waitFor();
      await choice.getByText('Anas long thought').waitFor();
      await panel(ana.page).getByText('Changed by Kim').waitFor();
      expect(await note(ana.page).inputValue()).toBe('Anas long thought');
      // A field that she did not edit follows the stored item.
      expect(await panel(ana.page).getByRole('combobox', { name: 'Assignee' }).inputValue()).toBe('Kim');
      expect(await panel(ana.page).getByRole('button', { name: 'Save changes' }).isDisabled()).toBe(true);
      expect(await accessibilityProblems(ana.page)).toEqual([]);
      await choice.getByRole('button', { name: 'Keep both' }).click();
      await save(ana.page);
      await panel(ana.page).getByText('Saved.').waitFor();
      const both = 'Kims long thought\n\nAnas long thought';
      expect(await itemOf(uid)).toMatchObject({ note: both, assignee: 'Kim', version: 3 });
      // Kim, who changes nothing now, sees it.
      await panel(kim.page).getByText('Changed by Ana').waitFor();
      expect(await note(kim.page).inputValue()).toBe(both);
      expect([...ana.problems(), ...kim.problems()]).toEqual([]);
    });

    it.each([
      ['Keep mine', 'Mine'],
      ['Take theirs', 'Theirs'],
    ])('changed by another person just before it is sent offers a choice: %s', async (choice, left) => {
      const uid = await submitted(`Too late: ${choice}`);
      const tab = await opened(uid);
      const { page } = tab;
      tab.expectErrors(/412/);
      await onNextChange(page, async (route) => {
        await byKim(uid, { note: 'Theirs' });
        await route.continue();
      });
      await note(page).fill('Mine');
      await panel(page).getByLabel('Status').selectOption('Done');
      await save(page);
      await panel(page).getByText('Someone else saved first. Your changes are not saved yet.').waitFor();
      expect(await note(page).inputValue()).toBe('Mine');
      expect(await panel(page).getByLabel('Status').inputValue()).toBe('done');
      await panel(page).getByRole('button', { name: choice }).click();
      await save(page, 'Save again');
      await panel(page).getByText('Saved.').waitFor();
      expect(await itemOf(uid)).toMatchObject({ note: left, status: 'done', version: 3 });
      expect(tab.problems()).toEqual([]);
    });

    it('keeps unsent changes when the panel is closed, the page is reloaded, or the text is discarded by mistake', async () => {
      const uid = await submitted('Half a thought');
      const tab = await opened(uid);
      const { page } = tab;
      await note(page).fill('Not yet finished');
      await page.keyboard.press('Escape');
      await panel(page).waitFor({ state: 'detached' });
      await card(page, 'Half a thought').getByText('Unsent changes').waitFor();
      await page.reload();
      await page.getByRole('alert').getByRole('link', { name: 'Half a thought' }).click();
      expect(await note(page).inputValue()).toBe('Not yet finished');
      await panel(page).getByRole('button', { name: 'Discard my changes' }).click();
      expect(await note(page).inputValue()).toBe('');
      await page.getByRole('button', { name: 'Undo' }).click();
      expect(await note(page).inputValue()).toBe('Not yet finished');
      await save(page);
      await panel(page).getByText('Saved.').waitFor();
      expect((await itemOf(uid)).note).toBe('Not yet finished');
      expect(await page.evaluate(() => Object.keys(sessionStorage).join())).not.toContain('draft');
      expect(tab.problems()).toEqual([]);
    });

    it('is sent again after a lost connection, including later edits', async () => {
      const uid = await submitted('In a tunnel');
      const tab = await opened(uid);
      const { page, context } = tab;
      tab.expectErrors(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK/);
      await note(page).fill('Before');
      await context.setOffline(true);
      await save(page);
      await panel(page).getByText('No response. Your changes may or may not have been saved.').waitFor();
      await note(page).fill('Before, and in the dark');
      await context.setOffline(false);
      await save(page, 'Save again');
      await panel(page).getByText('Saved.').waitFor();
      expect(await itemOf(uid)).toMatchObject({ note: 'Before, and in the dark', version: 2 });
      expect(tab.problems()).toEqual([]);
    });

    it('is not changed twice if the first request was saved without a response', async () => {
      const uid = await submitted('Once is enough');
      const tab = await opened(uid);
      const { page } = tab;
      tab.expectErrors(/503/);
      await onNextChange(page, async (route) => {
        await route.fetch();
        await route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          json: {
            type: 'about:blank',
            title: 'Service Unavailable',
            status: 503,
            detail: 'It is not known.',
          },
        });
      });
      await note(page).fill('Once');
      await save(page);
      await panel(page)
        .getByText(/your changes had arrived|No response/)
        .waitFor();
      const again = panel(page).getByRole('button', { name: 'Save again' });
      const settled = panel(page).getByText(/your changes had arrived|Saved\./);
      // The stream may report it at any time, even just before the click.
      await until('the change to be settled', async () => {
        if (await settled.isVisible()) return true;
        await again.click({ timeout: 1_000 });
        return false;
      });
      expect(await itemOf(uid)).toMatchObject({ note: 'Once', version: 2 });
      expect(tab.problems()).toEqual([]);
    });
  });

  it('reports a request that does not exist', async () => {
    const tab = await board({}, `/feedback/${randomUUID()}`);
    tab.expectErrors(/404/);
    await panel(tab.page).getByText('No request has this uid').waitFor();
  });
});
