import type { MessagePort } from 'node:worker_threads';

/** A task as it is sent to a thread. On the channel the thread reports progress, and is told to stop. */
export interface SentTask<T> {
  readonly task: T;
  readonly channel: MessagePort;
}

export interface TaskControl {
  /** Reports how many more offsets are done. */
  readonly progress: (offsets: number) => void;
  /** Aborted once the caller wants no result any more. */
  readonly signal: AbortSignal;
}

export type ThreadTask<T, R> = (sent: SentTask<T>) => Promise<R>;

/** Makes a function one that a `ThreadPool` can run, when the file of its threads exports it. */
export function threadTask<T, R>(run: (task: T, control: TaskControl) => Promise<R>): ThreadTask<T, R> {
  return async ({ task, channel }) => {
    const stop = new AbortController();
    channel.once('message', () => stop.abort(new Error('the task was stopped')));
    try {
      return await run(task, {
        progress: (offsets) => channel.postMessage(offsets),
        signal: stop.signal,
      });
    } catch (error) {
      throw crossing(error);
    }
  };
}

/** What is kept of an error on its way to another thread, beside its message and stack. */
export interface ErrorDetails {
  readonly name: string;
  readonly code: unknown;
}

/** Structured cloning drops an error's class and its own properties, such as SQLSTATE; it keeps the cause. */
function crossing(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, code } = error as Error & { readonly code?: unknown };
  error.cause = { name, code } satisfies ErrorDetails;
  return error;
}
