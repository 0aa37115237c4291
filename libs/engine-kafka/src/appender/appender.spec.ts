import type { LogPosition } from '@app/engine';
import { Appender, type AppenderOptions, AppendUnavailable, type LogAccess } from './appender';
import type { LogWriter } from './log-writer';
import type { AppendMessage } from './message';

const OPTIONS: AppenderOptions = {
  maxWaiting: 10,
  maxWaitingBytes: 10_000,
  maxBatch: 4,
  maxBatchBytes: 5_000,
  deadlineMs: 50,
  probeMs: 5,
};

const message = (key: string, size = 1): AppendMessage => ({
  topic: 'topic',
  key,
  partitionKey: key,
  headers: {},
  value: Buffer.alloc(size),
});

/** A log in memory whose writes are answered when the test says so. */
class FakeLog implements LogAccess {
  reachable = true;
  readonly calls: string[][] = [];
  readonly written: string[] = [];
  connections = 0;
  discarded = 0;
  private readonly answers: ((error?: Error) => void)[] = [];
  /** Answer by itself. */
  automatic = true;
  /** What every write fails with. */
  refusal: Error | null = null;

  probe(): Promise<void> {
    return this.reachable ? Promise.resolve() : Promise.reject(new Error('no leader'));
  }

  connect(): Promise<LogWriter> {
    this.connections++;
    const write = async (messages: readonly AppendMessage[]): Promise<LogPosition[]> => {
      const keys = messages.map(({ key }) => String(key));
      this.calls.push(keys);
      if (this.refusal) throw this.refusal;
      if (!this.automatic)
        await new Promise<void>((resolve, reject) => {
          this.answers.push((error) => (error ? reject(error) : resolve()));
        });
      const base = this.written.length;
      this.written.push(...keys);
      return keys.map((_key, index) => ({ topic: 'topic', partition: 0, offset: base + index }));
    };
    const discard = (): Promise<void> => {
      this.discarded++;
      return Promise.resolve();
    };
    return Promise.resolve({ write, discard });
  }

  answer(error?: Error): void {
    this.answers.shift()?.(error);
  }
}

const turns = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
const until = async (what: () => boolean) => {
  for (let i = 0; i < 200 && !what(); i++) await turns(5);
  expect(what()).toBe(true);
};

describe('Appender', () => {
  let log: FakeLog;
  let appender: Appender;
  let told: string[];

  const create = (options: Partial<AppenderOptions> = {}) => {
    log = new FakeLog();
    told = [];
    const events = {
      appended: () => undefined,
      unavailable: (reason: Error) => void told.push(reason.message),
      available: () => void told.push('available'),
    };
    appender = new Appender(log, events, { ...OPTIONS, ...options });
    appender.start();
    return until(() => appender.state === 'available');
  };
  beforeEach(() => create());
  afterEach(() => appender.close(100));

  const offsets = async (append: Promise<readonly LogPosition[]>) =>
    (await append).map(({ offset }) => offset);

  it('puts what arrives together into one call, and what arrives meanwhile into the next', async () => {
    log.automatic = false;
    const first = ['a', 'b'].map((key) => appender.append([message(key)]));
    await until(() => log.calls.length === 1);
    const next = ['c', 'd', 'e'].map((key) => appender.append([message(key)]));
    log.answer();
    await until(() => log.calls.length === 2);
    log.answer();
    expect(await Promise.all([...first, ...next].map(offsets))).toEqual([[0], [1], [2], [3], [4]]);
    expect(log.calls).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
  });

  it('keeps the order of arrival and bounds a call by number and by bytes', async () => {
    const many = Array.from({ length: 6 }, (_, i) => message(`m${i}`));
    const large = [message('large', 4_950), message('small')];
    const done = await Promise.all([appender.append(many), appender.append(large)]);
    expect(log.calls).toEqual([['m0', 'm1', 'm2', 'm3'], ['m4', 'm5'], ['large'], ['small']]);
    expect(done[0].map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(appender.waiting).toEqual({ messages: 0, bytes: 0 });
  });

  it('resolves an append only when all of it is durable', async () => {
    log.automatic = false;
    let resolved = false;
    const append = appender
      .append(Array.from({ length: 5 }, (_, i) => message(`${i}`)))
      .then(() => (resolved = true));
    await until(() => log.calls.length === 1);
    log.answer();
    await until(() => log.calls.length === 2);
    expect(resolved).toBe(false);
    log.answer();
    await append;
  });

  it('refuses at once what does not fit into the queue, all or nothing', async () => {
    log.automatic = false;
    const first = appender.append([message('a')]);
    await until(() => log.calls.length === 1);
    const waiting = appender.append(Array.from({ length: 9 }, (_, i) => message(`${i}`)));
    await expect(appender.append([message('x'), message('y')])).rejects.toThrow('too many events wait');
    await expect(appender.append([message('big', 10_001)])).rejects.toThrow(AppendUnavailable);
    log.automatic = true;
    log.answer();
    await Promise.all([first, waiting]);
    expect(log.written).not.toContain('x');
  });

  it('fails what waits when a call fails, never uses that writer again, and recovers by itself', async () => {
    log.automatic = false;
    const failing = [appender.append([message('a')])];
    await until(() => log.calls.length === 1);
    failing.push(appender.append([message('b')]));
    log.reachable = false;
    log.answer(new Error('out of order'));
    const results = await Promise.allSettled(failing);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([appender.state, log.discarded]).toEqual(['unavailable', 1]);
    await expect(appender.append([message('c')])).rejects.toThrow(AppendUnavailable);
    await turns(20);
    expect(appender.state).toBe('unavailable');

    log.reachable = true;
    log.automatic = true;
    await until(() => appender.state === 'available');
    expect(log.connections).toBe(2);
    expect(await offsets(appender.append([message('d')]))).toEqual([0]);
    expect(told).toEqual(['available', 'out of order', 'available']);
  });

  it('pauses before it tries again a log that answers and refuses what is written', async () => {
    await appender.close(100);
    await create({ probeMs: 50 });
    log.refusal = new Error('the timestamp is out of range');
    const began = Date.now();
    for (let tries = 0; tries < 30; tries++) {
      await expect(appender.append([message('a')])).rejects.toThrow(AppendUnavailable);
      await turns(2);
    }
    expect(log.connections).toBeLessThan(3 + (Date.now() - began) / 50);
    log.refusal = null;
    await until(() => appender.state === 'available');
    expect(await offsets(appender.append([message('b')]))).toHaveLength(1);
  });

  it('gives up a call that takes too long', async () => {
    log.automatic = false;
    await expect(appender.append([message('a')])).rejects.toThrow('took over 0.05 s');
    log.automatic = true;
    await until(() => appender.state === 'available');
    log.answer();
    expect(await offsets(appender.append([message('b')]))).toHaveLength(1);
  });

  it('notices while idle that the log went away', async () => {
    log.reachable = false;
    await until(() => appender.state === 'unavailable');
    log.reachable = true;
    await until(() => appender.state === 'available');
  });

  it('flushes what waits when it is closed, and takes nothing more', async () => {
    log.automatic = false;
    const appends = ['a', 'b', 'c', 'd', 'e'].map((key) => appender.append([message(key)]));
    await until(() => log.calls.length === 1);
    const closed = appender.close(1_000);
    await expect(appender.append([message('f')])).rejects.toThrow('stopping');
    log.automatic = true;
    log.answer();
    await Promise.all(appends);
    await closed;
    expect(log.written).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([appender.state, log.discarded]).toEqual(['closed', 1]);
  });

  it('does not wait for ever when it is closed', async () => {
    await create({ deadlineMs: 200 });
    log.automatic = false;
    const append = appender.append([message('a')]);
    append.catch(() => undefined);
    await until(() => log.calls.length === 1);
    const waiting = appender.append([message('b')]);
    const [, late] = await Promise.allSettled([appender.close(20), waiting]);
    expect(late.status).toBe('rejected');
    await expect(append).rejects.toThrow(AppendUnavailable);
  });

  it('is not available before the log is', async () => {
    await appender.close(10);
    log = new FakeLog();
    log.reachable = false;
    appender = new Appender(
      log,
      { appended: () => undefined, unavailable: () => undefined, available: () => undefined },
      OPTIONS,
    );
    appender.start();
    await expect(appender.append([message('a')])).rejects.toThrow(AppendUnavailable);
    await until(() => appender.state === 'unavailable');
    expect(appender.unavailableReason).toBe('no leader');
  });
});
