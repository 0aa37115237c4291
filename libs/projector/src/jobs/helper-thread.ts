import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import {
  errorOf,
  failureOf,
  type HelperAnswer,
  type HelperMessage,
  type HelperSetting,
  type HelperTask,
} from './helper-protocol';
import { mainModule } from './main-module';

/** A helper gives up within this time, or is ended. */
const STOP_MS = 5_000;

/** Another thread that works on parts of a job, on another core. */
export class HelperThread {
  private readonly worker: Worker;
  private readonly ended: Promise<void>;
  private fault: Error | null = null;
  private waiting: ((answer: HelperAnswer) => void) | null = null;

  constructor(setting: HelperSetting) {
    this.worker = new Worker(mainModule(), { workerData: { helper: setting } });
    this.worker.on('message', (answer: HelperAnswer) => this.waiting?.(answer));
    this.worker.on('error', (error: Error) => (this.fault = error));
    this.ended = new Promise((resolve) => {
      this.worker.once('exit', () => {
        this.fault ??= new Error('a thread that helped with the job has ended');
        this.waiting?.({ kind: 'failed', failure: failureOf(this.fault) });
        resolve();
      });
    });
  }

  /**
   * Has one task done; the last must have ended.
   *
   * @throws what the task throws there, and the signal's reason once it is aborted and the thread has stopped
   */
  async do<T>(
    task: HelperTask,
    signal: AbortSignal,
    told: (count: number) => void = () => undefined,
  ): Promise<T> {
    signal.throwIfAborted();
    if (this.fault) throw this.fault;
    const stop = (): void => void this.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await new Promise<T>((resolve, reject) => {
        this.waiting = (answer) => {
          switch (answer.kind) {
            case 'told':
              return told(answer.told);
            case 'done':
              return resolve(answer.result as T);
            case 'failed':
              return reject(errorOf(answer.failure));
          }
        };
        this.send(task);
      });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      this.waiting = null;
      signal.removeEventListener('abort', stop);
    }
  }

  /** Ends it, whatever it does. */
  async stop(): Promise<void> {
    this.send({ kind: 'stop' });
    const waited = new AbortController();
    await Promise.race([
      this.ended,
      sleep(STOP_MS, undefined, { signal: waited.signal }).catch(() => undefined),
    ]);
    waited.abort();
    await this.worker.terminate();
  }

  private send(message: HelperMessage): void {
    this.worker.postMessage(message);
  }
}
