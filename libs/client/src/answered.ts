import { problemOf, ReadApiProblem } from './problem';

/** What a call of the client gives: `data` of an answer, or `error`. */
export type Call<T> = Promise<
  | { readonly data: T; readonly error?: never; readonly response: Response }
  | { readonly data?: never; readonly error: unknown; readonly response: Response }
>;

/**
 * The body of the answer.
 *
 * @throws {ReadApiProblem} for an error answer
 */
export async function answered<T>(call: Call<T>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new ReadApiProblem(problemOf(error, response), response);
  return data as T;
}

/** The body and its tag; or, when it is still what `ifNoneMatch` named, only that. */
export type Tagged<T> =
  { readonly changed: true; readonly data: T; readonly etag: string | null } | { readonly changed: false };

/**
 * The answer to a call that may come with `ifNoneMatch(etag)`.
 *
 * @throws {ReadApiProblem} for an error answer
 */
export async function tagged<T>(call: Call<T>): Promise<Tagged<T>> {
  const { response } = await call;
  if (response.status === 304) return { changed: false };
  return { changed: true, data: await answered(call), etag: response.headers.get('etag') };
}
