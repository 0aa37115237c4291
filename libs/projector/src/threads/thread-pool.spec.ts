import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildLost } from '@app/engine/adapters';
import { sqlState } from '@app/engine-postgres';
import { until } from '@app/testing';
import { ThreadPool } from './thread-pool';
import type { ThreadTask } from './thread-task';

/** The tasks of these threads, in a form that Node can load, since threads run without Jest. */
const TASKS = `
const { threadTask } = require(${JSON.stringify(join(__dirname, 'thread-task.ts'))});
const { setTimeout: sleep } = require('node:timers/promises');
class BuildLost extends Error { name = 'BuildLost'; }
let kept = 0;
exports.count = threadTask(async (offsets, { progress }) => {
  for (let i = 0; i < offsets; i++) progress(1);
  return kept++;
});
exports.fail = threadTask(async (kind) => {
  if (kind === 'lost') throw new BuildLost('another has it');
  if (kind === 'bug') return undefined.length;
  throw Object.assign(new Error('no such table'), { code: '42P01' });
});
exports.wait = threadTask(async (_, { progress, signal }) => {
  progress(1);
  await sleep(60_000, undefined, { signal });
});
exports.loop = threadTask(async (_, { progress }) => {
  progress(1);
  await sleep(0);
  for (;;);
});
exports.exit = threadTask(async () => process.exit(3));
`;
interface Tasks {
  readonly count: ThreadTask<number, number>;
  readonly fail: ThreadTask<'lost' | 'bug' | 'refused', void>;
  readonly wait: ThreadTask<null, void>;
  readonly loop: ThreadTask<null, void>;
  readonly exit: ThreadTask<null, void>;
}

const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'threads-'));
const file = join(folder, 'tasks.cjs');
let threads: ThreadPool<Tasks>;

beforeAll(() => {
  writeFileSync(file, TASKS);
  threads = new ThreadPool(file, 1);
});

afterAll(async () => {
  await threads.close();
  rmSync(folder, { recursive: true });
});

/** Aborts a task once it has reported progress. */
async function aborted(task: 'wait' | 'loop'): Promise<void> {
  const stop = new AbortController();
  let begun = false;
  const running = threads.run(task, null, stop.signal, () => (begun = true));
  running.catch(() => undefined);
  await until('the task to begin', async () => begun);
  stop.abort(new Error('cancelled'));
  return running;
}

describe('a task in another thread', () => {
  it('reports all of its progress before its result', async () => {
    let offsets = 0;
    await threads.run('count', 10_000, never, (count) => (offsets += count));
    expect(offsets).toBe(10_000);
  });

  it('finds the state that an earlier task has kept', async () => {
    const before = await threads.run('count', 0, never);
    expect(await threads.run('count', 0, never)).toBe(before + 1);
  });

  it('fails with errors that can be distinguished like those of this thread', async () => {
    await expect(threads.run('fail', 'lost', never)).rejects.toBeInstanceOf(BuildLost);
    const bug = await threads.run('fail', 'bug', never).catch((error: unknown) => error);
    expect(bug).toMatchObject({ name: 'TypeError', stack: expect.stringContaining('tasks.cjs') as string });
    const refused = await threads.run('fail', 'refused', never).catch((error: unknown) => error);
    expect(refused).toMatchObject({ message: 'no such table' });
    expect(sqlState(refused)).toBe('42P01');
  });

  it('stops on request, and its thread continues', async () => {
    const before = await threads.run('count', 0, never);
    await expect(aborted('wait')).rejects.toThrow('cancelled');
    expect(await threads.run('count', 0, never)).toBe(before + 1);
  });

  it('is ended together with its thread when it does not stop', async () => {
    await expect(aborted('loop')).rejects.toThrow('cancelled');
    // Another thread has replaced it.
    expect(await threads.run('count', 0, never)).toBe(0);
  });

  it('fails when its thread ends', async () => {
    await expect(threads.run('exit', null, never)).rejects.toThrow('worker exited with code: 3');
  });

  it('does not start if it is aborted before', async () => {
    await expect(threads.run('count', 0, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow(
      'cancelled',
    );
  });
});
