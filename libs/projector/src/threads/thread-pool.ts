import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { BuildLost } from '@app/engine/adapters';
import { Piscina } from 'piscina';
import type { ErrorDetails, SentTask, ThreadTask } from './thread-task';

/** How long a stopped task may take to end before its thread is ended. */
const STOP_MS = 5_000;

type TaskOf<F> = F extends ThreadTask<infer T, unknown> ? T : never;
type ResultOf<F> = F extends ThreadTask<never, infer R> ? R : never;

/** Threads that do parts of a job on other cores. `M` is the module of their entry, which exports the tasks. */
export class ThreadPool<M extends object> {
  private readonly pool: Piscina;

  constructor(file: string, threads: number) {
    this.pool = new Piscina({
      filename: file,
      minThreads: threads,
      maxThreads: threads,
      // Otherwise a thread would block between two tasks, and with it the connections that it keeps open.
      atomics: 'disabled',
    });
    // A thread that fails between two tasks is replaced; the next task notices if it lacks state.
    this.pool.on('error', () => undefined);
  }

  /**
   * Runs a task in an idle thread.
   *
   * @param progress receives all reports of the task before its result
   * @throws what the task throws, and the signal's reason once it is aborted and the task has ended
   */
  async run<N extends keyof M & string>(
    name: N,
    task: TaskOf<M[N]>,
    signal: AbortSignal,
    progress: (offsets: number) => void = () => undefined,
  ): Promise<ResultOf<M[N]>> {
    signal.throwIfAborted();
    const { port1: own, port2: channel } = new MessageChannel();
    own.on('message', progress);
    const end = new AbortController();
    let late: NodeJS.Timeout | undefined;
    const stop = (): void => {
      own.postMessage('stop');
      late = setTimeout(() => end.abort(), STOP_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    const sent: SentTask<TaskOf<M[N]>> = { task, channel };
    try {
      const options = { name, signal: end.signal, transferList: [channel] };
      const result = (await this.pool.run(sent, options)) as ResultOf<M[N]>;
      // The result uses another channel and may arrive first.
      for (let left; (left = receiveMessageOnPort(own));) progress(left.message as number);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      throw restored(error);
    } finally {
      signal.removeEventListener('abort', stop);
      clearTimeout(late);
      own.close();
    }
  }

  /** Ends the threads, whatever they are doing. */
  close(): Promise<void> {
    return this.pool.destroy();
  }
}

/** Restores an error from another thread, with the properties by which errors are distinguished. */
function restored(error: unknown): unknown {
  const { message, stack, cause } = error as Error & { readonly cause?: Partial<ErrorDetails> };
  if (cause?.name === BuildLost.name) return Object.assign(new BuildLost(message), { stack });
  return cause?.code === undefined ? error : Object.assign(error as Error, { code: cause.code });
}
