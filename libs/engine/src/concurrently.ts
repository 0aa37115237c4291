/**
 * Runs all at the same time. When one fails the others are stopped, and its error is thrown after all have ended, so
 * that nothing still runs when the caller sees the error.
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
        // Only the first reason counts.
        failed.abort(error);
        throw error;
      }
    }),
  );
  if (failed.signal.aborted) throw failed.signal.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<T>).value);
}
