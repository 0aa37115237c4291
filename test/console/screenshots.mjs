// Takes screenshots of every page of the console, in light and dark, for docs/console. It needs a running system with data:
//   npm start; npm run demo; npm run verify; npm run console:screenshots
// A first event from the own workspace makes the console stop explaining how to connect Jimo.
// Settings: READ_API_URL, READ_API_TOKEN, CHROMIUM.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const base = process.env.READ_API_URL ?? 'http://127.0.0.1:3001';
const token = process.env.READ_API_TOKEN ?? 'dev-admin-token';
const folder = join(import.meta.dirname, '../../docs/console');

const ask = async (path) => {
  const answer = await fetch(`${base}${path}`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return (await answer.json()).items;
};
const used = await ask('/v1/experiences/top?limit=50');
const ofType = (type) => used.find((experience) => experience.type === type)?.uid;
// The workspace with the most to show.
const workspace = used[0]?.workspace;
const [jimer] = await ask(`/v1/jimers?limit=1&workspace=${workspace}`);
const [item] = await ask(`/v1/feedback?limit=1&workspace=${workspace}`);

const PAGES = {
  overview: '/',
  experiences: '/experiences',
  'experiences-board': '/experiences?view=board',
  tour: `/experiences/${ofType('TOUR')}`,
  survey: `/experiences/${ofType('SURVEY')}`,
  jimers: '/jimers',
  jimer: `/jimers/${jimer?.uid}`,
  feedback: '/feedback',
  'feedback-item': `/feedback/${item?.uid}`,
  pipeline: '/pipeline',
  quarantine: '/pipeline/quarantine',
};

mkdirSync(folder, { recursive: true });
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({
      baseURL: base,
      colorScheme,
      viewport: { width: 1280, height: 860 },
      locale: 'en-GB',
      reducedMotion: 'reduce',
    });
    await context.addInitScript((value) => sessionStorage.setItem('jimo-webhooks-token', value), token);
    const page = await context.newPage();
    for (const [name, path] of Object.entries(PAGES)) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      // Wait until loading has ended.
      await page.waitForFunction(() => !document.querySelector('[role=status][aria-label^=Loading]'));
      await page.waitForTimeout(800);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
      console.log(`${name}-${colorScheme}.png`);
    }
    await context.close();
  }
} finally {
  await browser.close();
}
