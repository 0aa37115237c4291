import { setTimeout as pause } from 'node:timers/promises';

/** A condition that was awaited did not come true before its deadline. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

export interface UntilOptions {
  readonly deadlineMs?: number;
  readonly everyMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks `probe` again and again until it gives something truthy, and gives that back.
 *
 * A probe that throws counts as "not yet"; its last error is the cause of the DeadlineError.
 * @param what the condition in words, for the error message
 * @throws DeadlineError after `deadlineMs` (30 s unless given); the signal's reason when aborted
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
