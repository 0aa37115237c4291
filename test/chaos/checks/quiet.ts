import { until } from '@app/testing';

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

/** Waits until every part runs and says that it is ready. */
export async function allReady(
  urls: () => readonly (string | undefined)[],
  deadlineMs = 120_000,
): Promise<void> {
  await until(
    'every part to be ready',
    async () => {
      const answers = await Promise.all(urls().map(isReady));
      return answers.every(Boolean);
    },
    { deadlineMs, everyMs: 250 },
  );
}

async function isReady(url: string | undefined): Promise<boolean> {
  if (url === undefined) return false;
  const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) });
  return answer.ok;
}
