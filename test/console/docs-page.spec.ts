import { listen } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Browser } from 'playwright-core';
import { serveDocs } from '../../apps/read-api/src/docs/docs';
import { unconnectedApp } from '../../apps/read-api/src/docs/generated-files';
import { describeInBrowser, launch, openTab } from './browser';

describeInBrowser('the page of the API', () => {
  let app: NestFastifyApplication;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    app = await unconnectedApp();
    serveDocs(app);
    url = `http://127.0.0.1:${(await listen(app, 0, '127.0.0.1')).port}`;
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  it('works under its policy: it shows an operation, and tries it', async () => {
    const tab = await openTab(browser, url, { token: null });
    const { page } = tab;
    // The request is sent without a token.
    tab.expectErrors(/401/);
    await page.goto('/docs');
    await page.locator('#operations-jimers-listJimers').click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.locator('.live-responses-table').getByText('401').first().waitFor();
    expect(tab.problems()).toEqual([]);
  });
});
