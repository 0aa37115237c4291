import { answered, type Call } from './answered';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * Every item of a list, page after page, each asked for when it is needed.
 *
 *     for await (const jimer of items((next) => api.GET('/v1/jimers', { params: { query: { q: 'sam', ...next } } })))
 *
 * @throws {ReadApiProblem} for an error answer
 */
export async function* items<T>(
  ask: (next: { cursor?: string }) => Call<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  let next: { cursor?: string } = {};
  for (;;) {
    const page = await answered(ask(next));
    yield* page.items;
    if (page.nextCursor === null) return;
    next = { cursor: page.nextCursor };
  }
}
