import { randomUUID } from 'node:crypto';
import { until } from '@app/testing/infra';
import type { Page } from 'playwright-core';
import { eventOf, experience, jimer } from '../support/events';
import { accessibilityProblems, describeInBrowser, overflows, PHONE } from './browser';
import { startConsole, type ConsoleRig } from './rig';

const LONG = 'Supercalifragilistic'.repeat(250);
const MARKUP = '<img src=x onerror="document.title=`run`"><b>bold</b>';
const TEXTS = [LONG, MARKUP, 'مرحبا بالعالم \u202E', '👩‍👩‍👧‍👦'.repeat(600), 'one\n\n\ntwo', '   ', ''];

/** A few screens of a phone, so that the content below a long name stays within reach. */
const TALLEST = 14_000;

describeInBrowser('whatever texts hold', () => {
  let rig: ConsoleRig;
  const survey = experience({ type: 'SURVEY', title: LONG, tags: [{ uid: 'tag', name: LONG }] });
  const blank = experience({ title: '  ' });
  const people = TEXTS.map((text) =>
    jimer({ username: text, identifyToken: text.trim() ? text.slice(0, 1_000) : null }),
  );
  const requests = TEXTS.map((title) => ({ uid: randomUUID(), title, description: LONG }));

  beforeAll(async () => {
    rig = await startConsole({ events: 50 });
    let time = Math.floor(Date.now() / 1_000) * 1_000 - 60_000;
    const now = () => (time += 1_000);
    const events = [
      ...[survey, blank].map((about) =>
        eventOf(about === survey ? 'survey.published' : 'tour.published', now(), {
          experience: about,
          user: { uid: randomUUID(), firstName: LONG, lastName: MARKUP },
        }),
      ),
      ...people.flatMap((person, index) => [
        eventOf('tour.started', now(), { experience: blank, jimer: person }),
        ...['TEXT_LONG', 'MULTIPLE_CHOICE_MULTI_SELECT'].map((type, step) =>
          eventOf('survey.step.answered', now(), {
            experience: survey,
            jimer: person,
            step: { uid: `step-${step}`, name: LONG, indexOrder: step, type },
            answer: { uid: randomUUID(), value: step === 0 ? TEXTS[index] : [LONG, TEXTS[index]] },
          }),
        ),
        eventOf('request.created', now(), {
          request: requests[index],
          jimer: person,
          project: { uid: randomUUID(), name: LONG },
        }),
      ]),
    ];
    const positions: string[] = [];
    for (const event of events) {
      const { status, body, text } = await rig.client.post(event);
      if (status !== 202) throw new Error(text);
      positions.push(body.position);
    }
    for (const path of ['/v1/jimers', '/v1/experiences', '/v1/feedback'])
      await rig.client.get(`${path}?limit=1`, ...positions);
  }, 300_000);
  afterAll(() => rig?.stop());

  const height = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollHeight);

  it.each([
    ['/', 'Changed today'],
    ['/experiences', 'Untitled …'],
    ['/experiences?view=board', 'Untitled …'],
    [`/experiences/${String(survey['uid'])}`, 'Several choices'],
    ['/jimers', 'anonymous'],
    [`/jimers/${String(people[0]!['uid'])}`, 'Timeline'],
    ['/feedback', 'Supercali'],
    [`/feedback/${requests[0]!.uid}`, 'Submitted'],
  ])('%s keeps to its place on a phone, and every link has a name', async (path, shows) => {
    const tab = await rig.tab({ viewport: PHONE });
    const { page } = tab;
    await page.goto(path);
    await page.getByText(new RegExp(shows)).filter({ visible: true }).first().waitFor();
    expect(await overflows(page)).toBe(false);
    expect(await height(page)).toBeLessThan(TALLEST);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(await page.title()).not.toBe('run');
    expect(tab.problems()).toEqual([]);
  });

  it('a long answer can be expanded', async () => {
    const { page } = await rig.tab();
    await page.goto(`/experiences/${String(survey['uid'])}`);
    const more = page.getByRole('button', { name: /^Show all of “Super/ }).first();
    const less = page.getByRole('button', { name: /^Show less/ }).first();
    const whole = page.getByText(LONG, { exact: true });
    // Content that arrives meanwhile may take the focus, and the key press with it.
    await until('the answer to be unfolded', async () => {
      if ((await whole.count()) > 0) return true;
      await more.press('Enter', { timeout: 1_000 });
      return false;
    });
    await until('it to be folded', async () => {
      if ((await whole.count()) === 0) return true;
      await less.press('Enter', { timeout: 1_000 });
      return false;
    });
  });
});
