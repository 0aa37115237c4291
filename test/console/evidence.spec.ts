import { until } from '@app/testing';
import type { Page } from 'playwright-core';
import { eventOf, experience as experienceObject, jimer as jimerObject, nextTime } from '../support/events';
import { accessibilityProblems, describeInBrowser, overflows, PHONE, type TabOptions } from './browser';
import { startConsole, type ConsoleRig } from './rig';

describeInBrowser('the evidence in the console', () => {
  let rig: ConsoleRig;
  const ada = jimerObject({ username: 'Ada' }) as { readonly uid: string };
  const tour = experienceObject({ title: 'Welcome' }) as { readonly uid: string };
  const request = { uid: '3d0c7d7e-91a5-4b0c-9a55-0a5b1de0e001', title: 'Dark mode' };

  beforeAll(async () => {
    rig = await startConsole({ events: 400 });
    const time = nextTime();
    const about = { jimer: ada, experience: tour };
    const started = eventOf('tour.started', time, about);
    // The click happened before the start and arrives last; the start arrives twice.
    const events = [
      started,
      eventOf('tour.completed', time + 60_000, about),
      started,
      eventOf('tour.cta.clicked', time - 3_600_000, about),
      eventOf('request.created', time + 120_000, { jimer: ada, request }),
    ];
    const positions: string[] = [];
    for (const event of events) positions.push((await rig.client.post(event)).body.position);
    await rig.client.get(`/v1/jimers/${ada.uid}/journey`, ...positions);
    await rig.client.get(`/v1/feedback/${request.uid}`, ...positions);
  }, 300_000);
  afterAll(() => rig?.stop());

  const open = async (path: string, options?: TabOptions) => {
    const tab = await rig.tab(options);
    await tab.page.goto(path);
    return tab;
  };
  const journeyPath = `/jimers/${ada.uid}/experiences/${tour.uid}/why`;
  const steps = (page: Page) => page.getByRole('region', { name: 'Step by step' });
  const story = (page: Page) => page.getByRole('region', { name: 'What happened' });

  it('of a journey opens from its row, and Back leads there again', async () => {
    const tab = await open(`/jimers/${ada.uid}`, { token: 'dev-read-token' });
    const { page } = tab;
    await page.getByRole('link', { name: 'Why? Evidence of Welcome' }).click();
    await page.getByRole('heading', { level: 1, name: 'Why is “Welcome” completed for Ada?' }).waitFor();
    await page.getByText('Equal to the stored row').waitFor();
    await steps(page).getByText('The row now').waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Ada' }).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('tells what each event did, and shows the row after it, with the keyboard too', async () => {
    const tab = await open(journeyPath);
    const { page } = tab;
    await steps(page).getByText('Event 3 of 3').waitFor();
    await steps(page).getByText('Clicked a button of the tour', { exact: true }).waitFor();
    await steps(page)
      .getByText(/It arrived .* after it happened\./)
      .waitFor();
    await steps(page).getByText('It arrived after 2 events that happened later.').waitFor();
    await steps(page)
      .getByText(/It changed first seen from /)
      .waitFor();
    // The newest copy of the start came after the completion.
    await page.keyboard.press('ArrowLeft');
    await steps(page).getByText('Event 2 of 3').waitFor();
    await steps(page).getByText('The row after this event').waitFor();
    await steps(page).getByText('Its newest copy arrived after 1 event that happened later.').waitFor();
    await steps(page).getByText('It was delivered twice; the copies change nothing.').waitFor();
    await steps(page)
      .getByText(/“Clicked a button of the tour” of .* later replaced first seen/)
      .waitFor();
    // The address names the event, and leads to it in another tab.
    const other = await open(page.url());
    await steps(other.page).getByText('Event 2 of 3').waitFor();
    await steps(other.page).getByRole('button', { name: 'Next event' }).press('Enter');
    await steps(other.page).getByText('The row now').waitFor();
    await steps(other.page)
      .getByRole('button', { name: /^Started the tour, / })
      .first()
      .click();
    await steps(other.page).getByText('Event 2 of 3').waitFor();
    await story(other.page).getByRole('button', { name: 'Completed the tour' }).click();
    await steps(other.page).getByText('Event 1 of 3').waitFor();
    expect([...tab.problems(), ...other.problems()]).toEqual([]);
  });

  it('says it loudly when the stored row differs', async () => {
    const tab = await rig.tab();
    const { page } = tab;
    await page.route('**/explain*', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...((await answer.json()) as object), matches: false } });
    });
    await page.goto(journeyPath);
    await page.getByRole('alert').getByText('Differs from the stored row').waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(tab.problems()).toEqual([]);
  });

  it('scans the log when asked', async () => {
    const tab = await open(journeyPath);
    const { page } = tab;
    await page.getByText('Equal to the stored row').waitFor();
    await page.getByRole('switch', { name: /Search the log/ }).check();
    await page.waitForURL(/scan=true/);
    await page.getByText('Equal to the stored row').waitFor();
    await steps(page).getByText('Event 3 of 3').waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it.each([
    ['a profile', () => `/jimers/${ada.uid}`, 'the profile', /Why does the profile of Ada say this\?/],
    ['an experience', () => `/experiences/${tour.uid}`, 'its status', /Why is “Welcome” live\?/],
    ['a request', () => `/feedback/${request.uid}`, 'this request', /Why is “Dark mode” new\?/],
  ])('of %s opens from its page', async (_of, path, of, question) => {
    const tab = await open(path(), { token: 'dev-read-token' });
    const { page } = tab;
    await page.getByRole('link', { name: `Why? Evidence of ${of}` }).click();
    await page.getByRole('heading', { level: 1, name: question }).waitFor();
    await page.getByText('Equal to the stored row').waitFor();
    await story(page).getByRole('button').first().waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('of a figure leads from its day to the people behind it, and to their events', async () => {
    const tab = await open(`/experiences/${tour.uid}`, { token: 'dev-read-token' });
    const { page } = tab;
    await page.getByRole('link', { name: 'Why? Evidence of Started' }).click();
    await page.getByRole('heading', { level: 1, name: 'What is behind “Started” of “Welcome”?' }).waitFor();
    await page.getByText('1 in all, on 1 day.').waitFor();
    await page.getByRole('table', { name: 'Days' }).getByRole('link').click();
    await page.getByText('Equal to the figure: 1').waitFor();
    await page.getByText('The figure counts the 1 user below.').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('link', { name: 'Why? Evidence of Ada' }).click();
    await page.getByRole('heading', { level: 1, name: 'Why is “Welcome” completed for Ada?' }).waitFor();
    await page.goBack();
    await page.getByRole('table', { name: 'Behind the figure' }).waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('of tasks and answers opens from the rows of the user', async () => {
    const time = nextTime();
    const task = eventOf('checklist.task.completed', time, { jimer: ada });
    const answer = eventOf('survey.step.answered', time + 1_000, { jimer: ada });
    const checklist = (task['experience'] as { uid: string }).uid;
    const survey = (answer['experience'] as { uid: string }).uid;
    const positions = [await rig.client.post(task), await rig.client.post(answer)].map(
      ({ body }) => body.position,
    );
    await rig.client.get(`/v1/jimers/${ada.uid}/journey`, ...positions);
    const { uid: taskUid } = task['task'] as { uid: string };
    const { uid: stepUid } = answer['step'] as { uid: string };
    const tab = await open(`/jimers/${ada.uid}/experiences/${checklist}/tasks/${taskUid}/why`);
    const { page } = tab;
    await page
      .getByRole('heading', { name: 'Why is the task “Invite a colleague” completed for Ada?' })
      .waitFor();
    await page.getByText('Equal to the stored row').waitFor();
    await page.goto(`/jimers/${ada.uid}/experiences/${survey}/answers/${stepUid}/why`);
    await page.getByRole('heading', { name: 'Why is this the answer of Ada to “How likely?”?' }).waitFor();
    await page.getByText('Equal to the stored row').waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it('is reported missing when the address names nothing', async () => {
    const tab = await rig.tab();
    tab.expectErrors(/404|400/);
    await tab.page.goto('/jimers/6c1f7f1e-4a1a-4c0e-9d55-0a5b1de0cfff/why');
    await tab.page.getByText('There is nothing to explain at this address').waitFor();
    expect(tab.problems()).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('can be read by everyone, in %s and on a phone', async (scheme) => {
    const tab = await open(journeyPath, { scheme });
    const { page } = tab;
    await steps(page).waitFor();
    await page.keyboard.press('ArrowLeft');
    await until('the event before', async () => page.url().includes('event='));
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await overflows(page)).toBe(false);
    expect(await accessibilityProblems(page)).toEqual([]);
    expect(tab.problems()).toEqual([]);
  });
});
