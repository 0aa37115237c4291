// npm run chaos -- --minutes N --seed S [--rate EVENTS_PER_SECOND] [--without verify,status,rebuild,erase] [--keep]
// With --list it only prints the file that it would run.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    seed: { type: 'string' },
    rate: { type: 'string' },
    without: { type: 'string' },
    keep: { type: 'boolean' },
    list: { type: 'boolean' },
  },
});
const env = { ...process.env };
const set = (name, value) => {
  if (value !== undefined) env[name] = String(value);
};
// A seed of its own for every run that names none: it is printed.
set('CHAOS_SEED', values.seed ?? 1 + Math.floor(Math.random() * 1e9));
set('CHAOS_MINUTES', values.minutes ?? 30);
set('CHAOS_RATE', values.rate);
set('CHAOS_WITHOUT', values.without);
set('CHAOS_KEEP', values.keep);
const jest = [
  'run',
  '--silent',
  'jest',
  '--',
  '--selectProjects',
  'system',
  '--runTestsByPath',
  'test/chaos/chaos.spec.ts',
  ...(values.list ? ['--listTests'] : []),
];
const child = spawn('npm', jest, { env, stdio: 'inherit' });
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal ? 1 : 0);
});
