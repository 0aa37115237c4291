/**
 * Loads the read API at an even rate: each request is sent when it is due, however long the ones before it take, and
 * its time counts from then. (autocannon's rate is a number per second, sent as fast as answers come, at the start of
 * each: at 500 per second that measured how long 20 requests at once take.) Arguments: base URL, token, requests per
 * second, seconds, a file with one path per line. Prints a JSON of its figures.
 */
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../measure/results';

const [base, token, rate, seconds, file] = process.argv.slice(2) as [string, string, string, string, string];
const agent = new Agent({ keepAlive: true, maxSockets: 100 });
const headers = { authorization: `Bearer ${token}` };

/** The status of the answer once all of it is here; 0 when there is none. */
function ask(path: string): Promise<number> {
  return new Promise((resolve) => {
    const failed = (): void => resolve(0);
    get(new URL(path, base), { agent, headers }, (answer) => {
      answer.on('error', failed);
      answer.on('end', () => resolve(answer.statusCode ?? 0));
      answer.resume();
    }).on('error', failed);
  });
}

async function run(): Promise<void> {
  const paths = readFileSync(file, 'utf8').split('\n');
  const every = 1_000 / Number(rate);
  const count = Number(rate) * Number(seconds);
  const times: number[] = [];
  const statuses: number[] = [];
  const pending: Promise<void>[] = [];
  const started = performance.now();
  for (let sent = 0; sent < count; sent++) {
    const due = started + sent * every;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    // A timer may fire a little early.
    const from = Math.min(due, performance.now());
    pending.push(
      ask(paths[sent % paths.length]!).then((status) => {
        times.push(performance.now() - from);
        statuses.push(status);
      }),
    );
  }
  await Promise.all(pending);
  const accepted = statuses.filter((status) => status >= 200 && status < 300).length;
  const errors = statuses.filter((status) => status === 0).length;
  const figures = {
    accepted,
    non2xx: statuses.length - accepted - errors,
    errors,
    seconds: (performance.now() - started) / 1_000,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  agent.destroy();
}

void run();
