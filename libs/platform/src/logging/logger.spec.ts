import { createLogger, NestLog } from './logger';

describe('the log', () => {
  function logged(work: (log: NestLog) => void): Record<string, unknown>[] {
    const lines: string[] = [];
    work(new NestLog(createLogger('test', 'trace', { write: (line: string) => void lines.push(line) })));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  it('has one JSON object a line, with app, level and time', () => {
    const [line] = logged((log) => log.warn('careful', 'Part'));
    expect(line).toMatchObject({ app: 'test', level: 'warn', context: 'Part', msg: 'careful' });
    expect(new Date(line!['time'] as string).getTime()).toBeGreaterThan(0);
  });

  it('shows the error or stack that Nest hands over', () => {
    const [first, second] = logged((log) => {
      log.error(new TypeError('oops'), 'Part');
      log.error('oops', 'Error: oops\n    at x', 'Part');
    });
    expect(first).toMatchObject({ err: { type: 'TypeError', message: 'oops' } });
    expect(second).toMatchObject({ msg: 'oops', stack: 'Error: oops\n    at x' });
  });

  it("keeps a query's parameters out of an error", () => {
    const lines: string[] = [];
    const logger = createLogger('test', 'info', { write: (line: string) => void lines.push(line) });
    const cause = Object.assign(new Error('inner'), { parameters: ['hunter2'], code: '22P02' });
    logger.error({ err: Object.assign(new Error('outer', { cause }), { parameters: ['hunter2'] }) }, 'x');
    expect(lines.join('')).not.toContain('hunter2');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      err: { type: 'Error', message: 'outer', cause: { message: 'inner', code: '22P02' } },
    });
  });

  it('redacts tokens', () => {
    const lines: string[] = [];
    const logger = createLogger('test', 'info', { write: (line: string) => void lines.push(line) });
    logger.info(
      { req: { method: 'GET', url: '/a?token=hunter2', headers: { authorization: 'hunter2' } } },
      'x',
    );
    logger.info({ authorization: 'hunter2', nested: { token: 'hunter2', headers: { a: 'hunter2' } } }, 'x');
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines[0]).toContain('"method":"GET"');
    expect(lines[0]).not.toContain('/a');
  });
});
