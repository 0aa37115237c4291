import { Problem } from '@app/platform';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { of } from 'rxjs';
import type { GrantedRequest } from '../../access/access';
import type { Ends } from '../kafka/log-ends';
import type { Awaited, CheckpointWatch } from './checkpoint-watch';
import { ReadAfterInterceptor } from './read-after.interceptor';

const TOPIC = 'jimo.engagement';
const READERS = ['jimers', 'journeys'].map((name) => ({ name, topics: [TOPIC] }));

/** A watch whose waits end when they are told to, or by their signal. */
class FakeWatch {
  readonly waits: { readonly awaited: readonly Awaited[]; readonly end: (passed: boolean) => void }[] = [];

  passed(awaited: readonly Awaited[], _timeout: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.waits.push({ awaited, end: resolve });
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }
}

const endsAt = (high: number): Ends =>
  new Map([[TOPIC, new Map(Array.from({ length: 12 }, (_none, i) => [i, { low: 0, high }]))]]);

function start(ends: Ends | null, mostWaits?: number) {
  const watch = new FakeWatch();
  const reflector = { getAllAndOverride: () => ['jimers', 'journeys'] } as unknown as Reflector;
  const interceptor = new ReadAfterInterceptor(
    watch as unknown as CheckpointWatch,
    { of: () => Promise.resolve(ends) },
    READERS,
    reflector,
    mostWaits,
  );
  /** The status of the answer. */
  const ask = async (header: string, tokenKey = 'a'): Promise<number | string> => {
    const request = { headers: { 'read-after': header }, token: { tokenKey } as GrantedRequest['token'] };
    const context = {
      ...{ getHandler: () => ask, getClass: () => FakeWatch },
      switchToHttp: () => ({ getRequest: () => request }),
    } as unknown as ExecutionContext;
    try {
      await interceptor.intercept(context, { handle: () => of(null) });
      return 200;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { status, detail } = error.body;
      return status === 400 ? detail! : status;
    }
  };
  return { watch, ask };
}

describe('Read-After', () => {
  it('waits for one position per partition and projection, the furthest', async () => {
    const { watch, ask } = start(endsAt(10));
    const answer = ask(`${TOPIC}/3@7, ${TOPIC}/3@9, ${TOPIC}/3@8, ${TOPIC}/4@1, other/1@1`);
    const [wait] = watch.waits;
    expect(wait!.awaited).toEqual(
      READERS.flatMap(({ name }) => [
        { projection: name, topic: TOPIC, partition: 3, offset: 9 },
        { projection: name, topic: TOPIC, partition: 4, offset: 1 },
      ]),
    );
    wait!.end(true);
    expect(await answer).toBe(200);
    expect(await ask('other/1@1')).toBe(200);
  });

  it('is a 504 when they are not passed in time', async () => {
    const { watch, ask } = start(null);
    const answer = ask(`${TOPIC}/3@7`);
    watch.waits[0]!.end(false);
    expect(await answer).toBe(504);
  });

  it('has a share per token, so that a flood of one leaves another its waits', async () => {
    const { watch, ask } = start(null, 100);
    // Each takes 20 units: ten partitions of two projections.
    const header = Array.from({ length: 100 }, (_none, i) => `${TOPIC}/${i % 10}@${i}`).join();
    const flood = Array.from({ length: 1_000 }, () => ask(header));
    expect(watch.waits).toHaveLength(3);
    const other = ask(`${TOPIC}/1@1`, 'b');
    expect(watch.waits).toHaveLength(4);
    for (const { end } of watch.waits) end(true);
    expect(await other).toBe(200);
    const statuses = await Promise.all(flood);
    expect(statuses.filter((status) => status === 200)).toHaveLength(3);
    expect(statuses.filter((status) => status === 429)).toHaveLength(997);
    const later = ask(header);
    watch.waits.at(-1)!.end(true);
    expect(await later).toBe(200);
  });

  it.each([
    ['far beyond the end of the log', `${TOPIC}/3@9000000000000000`],
    ['in a partition that there is not', `${TOPIC}/12@0`],
  ])('refuses a position %s', async (_case, position) => {
    const { ask } = start(endsAt(10));
    expect(await ask(`${TOPIC}/1@1, ${position}`)).toBe(
      `Read-After names ${position}, which is far beyond the end of the log`,
    );
  });

  it.each([
    ['the log may have grown to', endsAt(10), `${TOPIC}/3@50000`],
    ['nobody can compare with the log', null, `${TOPIC}/3@9000000000000000`],
    ['is of a topic that is made anew', new Map([[TOPIC, new Map()]]), `${TOPIC}/3@1`],
  ] as const)('waits for a position that %s', async (_case, ends, position) => {
    const { watch, ask } = start(ends);
    const answer = ask(position);
    setTimeout(() => watch.waits[0]!.end(false), 300);
    expect(await answer).toBe(504);
  });
});
