import type { ExitInfo, Running } from '@app/local';

import { Part } from './part';

class FakeProcess implements Running {
  static pids = 100;
  readonly pid = FakeProcess.pids++;
  private end!: (exit: ExitInfo) => void;
  readonly exited = new Promise<ExitInfo>((resolve) => (this.end = resolve));
  die(code = 1) {
    this.end({ code, signal: null });
  }
  lastLines = () => 'last line';
  stop() {
    this.end({ code: 0, signal: null });
    return this.exited;
  }
}

function watched(launch: () => Promise<Running>) {
  const log: string[] = [];
  let changed = () => {};
  const part = new Part('p', launch, {
    started: (_, pid) => {
      log.push(`started ${pid}`);
      changed();
    },
    down: (_, reason, pauseMs) => {
      log.push(`${reason} → ${pauseMs}`);
      changed();
    },
  });
  const lines = async (count: number) => {
    while (log.length < count) await new Promise<void>((resolve) => (changed = resolve));
    return log;
  };
  return { part, lines, log };
}

describe('Part', () => {
  it('starts a process that died again, and forgets earlier failures once it is healthy', async () => {
    const processes: FakeProcess[] = [];
    const { part, lines } = watched(async () => {
      processes.push(new FakeProcess());
      return processes.at(-1)!;
    });
    await part.start();
    processes[0]!.die();
    const [one, down, two] = await lines(3);
    expect([one, down, two]).toEqual([
      `started ${processes[0]!.pid}`,
      'ended (exit code 1) → 500',
      `started ${processes[1]!.pid}`,
    ]);
    expect(part.failures).toBe(1);
    part.healthy();
    expect([part.failures, part.restarts, part.pid]).toEqual([0, 1, processes[1]!.pid]);
    await part.stop();
    expect(part.pid).toBeUndefined();
  });

  it('tries again when a restart fails, and stops during a pause', async () => {
    let launches = 0;
    const first = new FakeProcess();
    const { part, lines } = watched(async () => {
      if (launches++ === 0) return first;
      throw new Error('no luck');
    });
    await part.start();
    first.die();
    expect(await lines(3)).toEqual([
      `started ${first.pid}`,
      'ended (exit code 1) → 500',
      'did not start: no luck → 1000',
    ]);
    await part.stop();
    expect(launches).toBe(2);
  });

  it('throws what its first start throws', async () => {
    const { part } = watched(async () => {
      throw new Error('no');
    });
    await expect(part.start()).rejects.toThrow('no');
  });

  it('stops a process that was still being started', async () => {
    const first = new FakeProcess();
    const second = new FakeProcess();
    const [asked, given] = [Promise.withResolvers<void>(), Promise.withResolvers<Running>()];
    const { part, lines } = watched(() => {
      if (first.pid !== part.pid && part.restarts === 0) return Promise.resolve(first);
      asked.resolve();
      return given.promise;
    });
    await part.start();
    first.die();
    await lines(2);
    await asked.promise;
    const stopped = part.stop();
    given.resolve(second);
    await stopped;
    await expect(second.exited).resolves.toEqual({ code: 0, signal: null });
  });
});
