import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

import { until } from '@app/testing/infra';

import { childrenOf, Sleepers } from './processes';

const stateOf = (pid: number): string => /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))![1]!;

describe('processes that are put to sleep', () => {
  let child: ChildProcess;
  const asleep = () => stateOf(child.pid!) === 'T';

  beforeEach(async () => {
    child = spawn('/bin/sh', ['-c', 'echo ready; read -r line'], { stdio: ['pipe', 'pipe', 'ignore'] });
    await once(child.stdout!, 'data');
  });

  afterEach(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });

  it('wake when they are woken', async () => {
    const sleepers = new Sleepers();
    expect(sleepers.putToSleep([child.pid!])).toEqual([child.pid]);
    await until('its sleep', asleep);
    sleepers.wake([child.pid!]);
    await until('its waking', () => !asleep());
    sleepers.close();
  });

  it('wake when whoever put them to sleep is gone', async () => {
    const sleepers = new Sleepers();
    sleepers.putToSleep([child.pid!]);
    await until('its sleep', asleep);
    // What the end of the process does to its pipes.
    (sleepers as unknown as { guard: { destroy(): void } }).guard.destroy();
    await until('its waking', () => !asleep());
  });

  it('are found by their parent', () => {
    expect(childrenOf(process.pid)).toContain(child.pid);
  });
});
