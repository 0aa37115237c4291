import { generateEvents } from '@app/catalog';
import { startSystem, type RunningSystem, type SystemOptions } from '@app/testing/infra';
import type { Browser } from 'playwright-core';
import { Client } from '../support/http';
import { launch, openTab, type Tab, type TabOptions } from './browser';

export interface ConsoleRig {
  readonly system: RunningSystem;
  readonly browser: Browser;
  readonly client: Client;
  tab(options?: TabOptions): Promise<Tab>;
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** The built system, with a generated day of events up to now applied to its read models, and a browser. */
export async function startConsole(
  options: SystemOptions & { readonly events?: number } = {},
): Promise<ConsoleRig> {
  const { events = 2_000, ...systemOptions } = options;
  const system = await startSystem(systemOptions);
  try {
    const client = new Client(system.info.gateway, system.info.readApi);
    await sendDay(client, events);
    const browser = await launch();
    return {
      system,
      browser,
      client,
      tab: (tabOptions) => openTab(browser, system.info.readApi, tabOptions),
      async stop() {
        await browser.close();
        await system.stop();
      },
    };
  } catch (error) {
    await system.stop();
    throw error;
  }
}

/** Sends the events and waits until they are readable. */
async function sendDay(client: Client, events: number): Promise<void> {
  const start = Math.floor((Date.now() - DAY_MS) / 1_000) * 1_000;
  const deliveries = [...generateEvents({ seed: 7, events, start, days: 1, jimers: 120, experiences: 18 })];
  let newest: Record<string, string> = {};
  for (let from = 0; from < deliveries.length; from += 500) {
    const batch = deliveries.slice(from, from + 500).map(({ body }) => body);
    const { status, body, text } = await client.postBatch(`[${batch.join(',')}]`);
    if (status !== 202) throw new Error(`the gateway answered ${status}: ${text}`);
    for (const { position } of body) {
      if (!position) continue;
      newest = { ...newest, [position.split('@')[0]!]: position };
    }
  }
  const positions = Object.values(newest);
  for (const path of ['/v1/jimers?limit=1', '/v1/experiences?limit=1', '/v1/feedback?limit=1']) {
    const { status, text } = await client.get(path, ...positions);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
  }
}
