import { createLogger } from './logger';
import { Sparingly } from './sparingly';

it('lines about single events are limited, and those left out are counted', () => {
  const lines: string[] = [];
  let now = 0;
  const logger = createLogger('test', 'info', { write: (line: string) => void lines.push(line) });
  const sparingly = new Sparingly(logger, () => now);
  for (let i = 0; i < 1_000; i++) sparingly.write('warn', { i }, 'odd');
  expect(lines).toHaveLength(20);
  now += 10_000;
  sparingly.write('info', { i: 1_000 }, 'odd');
  expect(lines.slice(20).map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 'warn', omitted: 980 },
    { level: 'info', i: 1_000 },
  ]);
});
