import { complaintOf, Terminal } from './terminal';

describe('what the terminal shows of a part', () => {
  it.each([
    ['{"level":"info","msg":"listening"}', undefined],
    ['{"level":"warn","msg":"slow"}', 'warning: slow'],
    ['{"level":"error","msg":"failed","err":{"message":"no route"}}', 'error: failed: no route'],
    ['{"level":"fatal","err":{"message":"only this"}}', 'error: only this'],
    ['{"level":"warn","kafkajs":"Connection","msg":"Response Metadata"}', undefined],
    ['{"half a line', undefined],
    ['plain', undefined],
  ])('%s on stdout → %s', (line, shown) => {
    expect(complaintOf(line, 'stdout')).toBe(shown);
  });

  it('shows no warnings of an app that starts, but its errors', () => {
    const shown = (level: string) =>
      complaintOf(`{"level":"${level}","msg":"no database"}`, 'stdout', { starting: true });
    expect([shown('warn'), shown('error')]).toEqual([undefined, 'error: no database']);
  });

  it('shows plain lines on stderr, cut to a readable length', () => {
    expect(complaintOf('Error: boom', 'stderr')).toBe('Error: boom');
    expect(complaintOf('x'.repeat(1_000), 'stderr')).toHaveLength(301);
  });

  it('shows the error of a crash without the rest of what Node prints', () => {
    const crash = [
      'node:events:505',
      '    throw er;',
      '    ^',
      '',
      'Error: boom',
      '    at f (a.js:1:2)',
      '}',
      'Node.js v24.21.0',
      '  GATEWAY_PORT must be a port',
    ];
    expect(crash.filter((line) => complaintOf(line, 'stderr') !== undefined)).toEqual([
      'Error: boom',
      '  GATEWAY_PORT must be a port',
    ]);
  });

  it('shows a repeated complaint once', () => {
    const lines: string[] = [];
    const terminal = new Terminal((line) => lines.push(line));
    for (let i = 0; i < 5; i++) terminal.complaint('gateway', 'warning: Kafka does not answer');
    terminal.complaint('read-api', 'warning: Kafka does not answer');
    expect(lines).toHaveLength(2);
  });
});
