/**
 * Does all at once. When one fails the others are told to stop, and its failure is thrown once all have ended:
 * nothing goes on behind the back of a caller that was told of a failure.
 */
export async function concurrently<T>(
  works: readonly ((signal: AbortSignal) => Promise<T>)[],
  signal: AbortSignal,
): Promise<T[]> {
  const failed = new AbortController();
  const all = AbortSignal.any([signal, failed.signal]);
  const outcomes = await Promise.allSettled(
    works.map(async (work) => {
      try {
        return await work(all);
      } catch (error) {
        // The first reason stays.
        failed.abort(error);
        throw error;
      }
    }),
  );
  if (failed.signal.aborted) throw failed.signal.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<T>).value);
}
