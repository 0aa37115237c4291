/**
 * Loads a gateway, in a process of its own: 100 connections, bodies of the generator in turn. Arguments: URL,
 * headers as JSON, seconds, events per request (1: the event itself, more: an array), connections. Prints a JSON of
 * its figures.
 */
import 'reflect-metadata';
import autocannon from 'autocannon';
import { generateEvents } from '@app/catalog';

const [url, headers, seconds, perRequest, connections] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];

function bodies(): string[] {
  const events = [...generateEvents({ seed: 5, jimers: 5_000, experiences: 60, events: 60_000 })];
  const size = Number(perRequest);
  if (size === 1) return events.map(({ body }) => body);
  const arrays: string[] = [];
  for (let i = 0; i + size <= events.length; i += size)
    arrays.push(
      `[${events
        .slice(i, i + size)
        .map(({ body }) => body)
        .join(',')}]`,
    );
  return arrays;
}

async function run(): Promise<void> {
  const all = bodies();
  let next = 0;
  const { requests, latency, non2xx, errors, duration, ...answers } = await autocannon({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(JSON.parse(headers) as Record<string, string>) },
    connections: Number(connections),
    duration: Number(seconds),
    requests: [{ setupRequest: (request) => ({ ...request, body: all[next++ % all.length]! }) }],
  });
  const figures = {
    accepted: answers['2xx'],
    non2xx,
    errors,
    seconds: duration,
    p50: latency.p50,
    p99: latency.p99,
  };
  process.stdout.write(`${JSON.stringify({ ...figures, sent: requests.sent })}\n`);
}

void run();
