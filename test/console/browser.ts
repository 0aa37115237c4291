import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { until } from '@app/testing/infra';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser of this machine: `CHROMIUM`, or the first on the PATH. */
export const CHROMIUM: string | null =
  process.env['CHROMIUM'] ??
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => existsSync(file)) ??
  null;

if (CHROMIUM === null) {
  console.warn(
    'The tests of the console are skipped: no Chromium (on Debian: apt-get install chromium; or CHROMIUM=its path).',
  );
}

/**
 * `describe`, or skipped where there is no browser. Its tabs are closed after each test: one that stays open draws
 * whatever the next ones make happen.
 */
export function describeInBrowser(name: string, tests: () => void): void {
  (CHROMIUM === null ? describe.skip : describe)(name, () => {
    tests();
    afterEach(async () => {
      await Promise.all([...opened].map((context) => context.close()));
      opened.clear();
    });
  });
}

const opened = new Set<BrowserContext>();

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM!,
    // Chromium's sandbox does not work as root or in a container; only our own pages are opened.
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });

export interface TabOptions {
  /** The token of the session; `null` for none. Default: the development token of scope admin. */
  readonly token?: string | null;
  readonly scheme?: 'light' | 'dark';
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly timezone?: string;
}

/** A tab in its own browser profile, which records its errors and stays open until the test ends. */
export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors on the browser's console (including Content-Security-Policy violations) and in scripts, except expected ones. */
  problems(): readonly string[];
  /** Accepts errors like this from now on; for the browser, a refused request is an error. */
  expectErrors(like: RegExp): void;
}

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 900 };

export async function openTab(browser: Browser, baseURL: string, options: TabOptions = {}): Promise<Tab> {
  const context = await browser.newContext({
    baseURL,
    colorScheme: options.scheme ?? 'light',
    viewport: options.viewport ?? DESKTOP,
    timezoneId: options.timezone ?? 'Europe/Paris',
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  opened.add(context);
  // Generous, for busy machines; what never appears still fails.
  context.setDefaultTimeout(60_000);
  const token = options.token === undefined ? 'dev-admin-token' : options.token;
  if (token !== null) {
    await context.addInitScript((value) => {
      // Only the first page of the tab gets the token, so that a sign-out in a test lasts.
      if (sessionStorage.getItem('tab-seen')) return;
      sessionStorage.setItem('tab-seen', 'yes');
      sessionStorage.setItem('jimo-webhooks-token', value);
    }, token);
  }
  const page = await context.newPage();
  const found: string[] = [];
  const expected: RegExp[] = [];
  const note = (text: string): void => {
    if (!expected.some((like) => like.test(text))) found.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      note(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => note(`uncaught: ${error.message}`));
  return {
    page,
    context,
    problems: () => found,
    expectErrors: (like) => void expected.push(like),
  };
}

/** Violations of WCAG 2.2 A and AA that axe finds: rule, element and reason. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate(async () => {
    const { axe: loaded } = globalThis as unknown as { axe: typeof axe };
    return loaded.run(document, {
      // Of what else it finds, it need not describe each element: half of its time.
      resultTypes: ['violations'],
      runOnly: {
        type: 'tag',
        values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      },
    });
  });
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  );
}

/**
 * Whether the page stays wider than the window: then it scrolls sideways, which no phone's user expects. What has just been
 * resized may need some frames.
 */
export const overflows = (page: Page): Promise<boolean> =>
  page
    .waitForFunction(
      () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
      undefined,
      { timeout: 20_000 },
    )
    .then(
      () => false,
      () => true,
    );

/** Waits for the number of elements, because a list may load after the page around it. */
export async function counted(these: Locator, count: number): Promise<void> {
  await until(`${count} of ${String(these)}`, async () => (await these.count()) === count);
}
