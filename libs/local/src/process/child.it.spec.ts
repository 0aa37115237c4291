import { existsSync } from 'node:fs';

import { until } from '../wait';
import { Child } from './child';
import { isAlive } from './identity';

const shell = (script: string, more: { stopGraceMs?: number; onLine?: (line: string) => void } = {}) =>
  Child.start({ name: 'sh', command: '/bin/sh', args: ['-c', script], tier: 'app', ...more });

describe('Child', () => {
  it('gives the lines and the exit code', async () => {
    const lines: string[] = [];
    const child = await shell('echo one; echo two >&2; exit 3', { onLine: (line) => lines.push(line) });
    expect(await child.exited).toEqual({ code: 3, signal: null });
    expect(lines.sort()).toEqual(['one', 'two']);
    expect(child.lastLines()).toContain('two');
  });

  it('kills what does not stop in time', async () => {
    const child = await shell('trap "" TERM; echo up; while :; do sleep 0.1; done', { stopGraceMs: 200 });
    await until('its first line', () => child.lastLines() === 'up');
    expect(await child.stop()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(isAlive(child.pid)).toBe(false);
  });

  it('says that a command is missing', async () => {
    const start = Child.start({ name: 'nothing', command: '/no/such/thing', args: [], tier: 'app' });
    await expect(start).rejects.toThrow('nothing could not be started');
  });

  it('does not wait for what a dead process would have done', async () => {
    const child = await shell('echo cannot; exit 1');
    const work = child.whileRunning((signal) => until('never', () => false, { signal }));
    await expect(work).rejects.toThrow(/ended \(exit code 1\):\ncannot/);
  });

  it('stops while it is being waited for when its signal is aborted', async () => {
    const abort = new AbortController();
    const { signal } = abort;
    const child = await Child.start({ name: 'sleep', command: 'sleep', args: ['60'], tier: 'app', signal });
    abort.abort();
    expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' });
    expect(existsSync(`/proc/${child.pid}`)).toBe(false);
  });
});
