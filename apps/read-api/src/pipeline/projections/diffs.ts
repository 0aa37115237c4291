import { diffGenerations, UnknownGeneration, workPool, type DiffPart } from '@app/engine-postgres';
import { badParameter, unavailable } from '@app/platform';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';

/** Each may take minutes of the database's time. */
const MOST_AT_ONCE = 2;
const RETRY_SECONDS = 30;
const SAMPLES = 10;

/** Comparisons of generations. Their statements take as long as they take, on connections of their own. */
export class Diffs implements BeforeApplicationShutdown {
  private pool: Pool | null = null;
  private readonly stop = new AbortController();
  private underWay = 0;

  constructor(private readonly databaseUrl: string) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort(new Error('the read API stops'));
    await this.pool?.end();
  }

  /**
   * The parts of a comparison. The first is there when this resolves, so that what is wrong with the request is an
   * answer of its own. Its transaction ends with the iteration, also where that is left before the last part.
   *
   * @param gone whoever asked: also that ends it
   * @throws {Problem} 400 naming the parameter, 503 when there are too many already, or it was given up
   */
  async begin(
    projection: string,
    from: string,
    to: string,
    gone: AbortSignal,
  ): Promise<AsyncIterable<DiffPart>> {
    if (this.underWay >= MOST_AT_ONCE)
      throw unavailable(`${MOST_AT_ONCE} comparisons are under way already.`, RETRY_SECONDS);
    this.pool ??= workPool(this.databaseUrl, 'read-api-diff', 2 * MOST_AT_ONCE);
    const signal = AbortSignal.any([gone, this.stop.signal]);
    const parts = diffGenerations(this.pool, { projection, from, to, samples: SAMPLES, signal });
    this.underWay++;
    let isOver = false;
    const over = (): void => {
      if (!isOver) this.underWay--;
      isOver = true;
    };
    const end = async (): Promise<IteratorResult<DiffPart>> => {
      try {
        return await parts.return(undefined);
      } finally {
        over();
      }
    };
    // Also when nobody ever reads on.
    signal.addEventListener('abort', () => void end().catch(() => undefined), { once: true });
    const next = async (): Promise<IteratorResult<DiffPart>> => {
      try {
        const part = await parts.next();
        if (part.done) over();
        return part;
      } catch (error) {
        over();
        throw error;
      }
    };
    try {
      let first: Promise<IteratorResult<DiffPart>> | null = Promise.resolve(await next());
      const nextOrFirst = (): Promise<IteratorResult<DiffPart>> => {
        const part = first ?? next();
        first = null;
        return part;
      };
      return { [Symbol.asyncIterator]: () => ({ next: nextOrFirst, return: end }) };
    } catch (error) {
      if (signal.aborted) throw unavailable('The comparison was given up.', RETRY_SECONDS, error);
      if (!(error instanceof UnknownGeneration)) throw error;
      throw badParameter(error.asked === from ? 'from' : 'to', error.message);
    }
  }
}
