/**
 * Loads the read API at an even rate. Arguments: base URL, token, requests per second, seconds, a file with one path
 * per line. Prints a JSON of its figures.
 */
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const [base, token, rate, seconds, file] = process.argv.slice(2) as [string, string, string, string, string];

async function run(): Promise<void> {
  const paths = readFileSync(file, 'utf8').split('\n');
  let next = 0;
  const { latency, non2xx, errors, duration, ...answers } = await autocannon({
    url: base,
    headers: { authorization: `Bearer ${token}` },
    connections: 20,
    overallRate: Number(rate),
    duration: Number(seconds),
    requests: [{ setupRequest: (request) => ({ ...request, path: paths[next++ % paths.length]! }) }],
  });
  const figures = {
    accepted: answers['2xx'],
    non2xx,
    errors,
    seconds: duration,
    p50: latency.p50,
    p99: latency.p99,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

void run();
