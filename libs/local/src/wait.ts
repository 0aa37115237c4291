import { setTimeout as pause } from 'node:timers/promises';

/** A condition was not met before its deadline. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

export interface UntilOptions {
  readonly deadlineMs?: number;
  readonly everyMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Polls `probe` until it returns a truthy value, and returns that.
 * A probe that throws counts as "not yet"; its last error becomes the cause of the `DeadlineError`.
 * @param what the condition, for the error message
 * @throws DeadlineError after `deadlineMs` (default 30 s), or the signal's reason when aborted
 */
export async function until<T>(
  what: string,
  probe: () => Promise<T> | T,
  options: UntilOptions = {},
): Promise<Exclude<T, false | undefined | null>> {
  const { deadlineMs = 30_000, everyMs = 50, signal } = options;
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    signal?.throwIfAborted();
    let cause: unknown;
    try {
      const found = await probe();
      if (found) return found as Exclude<T, false | undefined | null>;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= deadline) {
      const reason = cause instanceof Error ? `: ${cause.message}` : '';
      throw new DeadlineError(`${what}: not within ${deadlineMs / 1000} s${reason}`, { cause });
    }
    await pause(everyMs, undefined, signal ? { signal } : {});
  }
}
