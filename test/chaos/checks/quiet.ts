import { until } from '@app/testing/infra';

import type { Client, List } from '../../support/http';

interface Projection {
  readonly name: string;
  readonly state: string;
  readonly lag: number | null;
  readonly deadLetters: number;
  readonly schema: string | null;
}

const DEADLINE_MS = 240_000;

/** The projections as the read API tells of them, once each has read its log to the end. */
export async function withoutLag(client: Client): Promise<readonly Projection[]> {
  let last = '';
  try {
    return await until(
      'lag 0',
      async () => {
        const { status, text, body } = await client.get<List<Projection>>('/v1/projections');
        last = status === 200 ? body.items.map(({ name, lag }) => `${name} ${lag}`).join(', ') : text;
        return status === 200 && body.items.every(({ lag }) => lag === 0) && body.items;
      },
      { deadlineMs: DEADLINE_MS, everyMs: 250 },
    );
  } catch (error) {
    throw new Error(`${(error as Error).message}; last seen: ${last}`, { cause: error });
  }
}

/**
 * Waits until every part runs and says that it is ready.
 *
 * @param urls by name; a part that is down has none
 * @throws with what each says that is not
 */
export async function allReady(
  urls: () => Readonly<Record<string, string | undefined>>,
  deadlineMs = 120_000,
): Promise<void> {
  let last: readonly string[] = [];
  try {
    await until(
      'every part to be ready',
      async () => {
        const reasons = await Promise.all(Object.entries(urls()).map(whyNotReady));
        last = reasons.filter((reason) => reason !== null);
        return last.length === 0;
      },
      { deadlineMs, everyMs: 250 },
    );
  } catch (error) {
    throw new Error(`${(error as Error).message}; last seen: ${last.join('; ')}`, { cause: error });
  }
}

async function whyNotReady([name, url]: [string, string | undefined]): Promise<string | null> {
  if (url === undefined) return `${name} is down`;
  try {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) });
    return answer.ok ? null : `${name}: ${await answer.text()}`;
  } catch (error) {
    return `${name}: ${(error as Error).message}`;
  }
}
