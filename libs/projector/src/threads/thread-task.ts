import type { MessagePort } from 'node:worker_threads';

/** A task as it is sent to a thread. The channel carries progress from the thread, and the request to stop. */
export interface SentTask<T> {
  readonly task: T;
  readonly channel: MessagePort;
}

interface TaskControl {
  /** Reports how many more offsets are done. */
  readonly progress: (offsets: number) => void;
  /** Aborted when the caller no longer wants a result. */
  readonly signal: AbortSignal;
}

export type ThreadTask<T, R> = (sent: SentTask<T>) => Promise<R>;

/** Makes a function runnable by a `ThreadPool`; the entry of its threads has to export it. */
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

/** The properties of an error that are sent to another thread, besides its message and stack. */
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
