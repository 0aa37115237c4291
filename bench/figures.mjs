/**
 * Figures of a running system (`npm start` in another terminal): what the gateway accepts at 100 connections,
 * how long an event takes from its 202 to being readable at 500 events per second, and each process's memory.
 *
 * This is a load test: `gateway` and `readable` send some 50,000 invented events, into the workspace `bench`. Beside
 * events of other workspaces it asks first.
 *
 *   npm run figures            everything
 *   npm run figures -- gateway | readable | memory
 *   npm run figures -- --yes   without a question
 */
import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire(import.meta.url);
const autocannon = require('autocannon');
require('reflect-metadata');
const { generateEvents } = require('../dist/libs/catalog/src/index.js');
const { sampleToken } = require('../dist/apps/ops/src/commands/samples.js');
const { runningSystem } = require('../dist/apps/ops/src/commands/running-system.js');

const figures = { gateway, readable, memory };
const words = process.argv.slice(2);
const wanted = words.filter((word) => word !== '--yes');
const unknown = wanted.filter((word) => !Object.hasOwn(figures, word));
if (unknown.length > 0)
  fail(`There is no figure ${unknown.join(', ')}. There are: ${Object.keys(figures).join(', ')}.`);
const chosen = Object.keys(figures).filter((name) => wanted.length === 0 || wanted.includes(name));

let system;
let token;
try {
  system = runningSystem(process.env.DATA_DIR?.trim() || '.data');
  if (chosen.some((name) => name !== 'memory'))
    token = await sampleToken(system, 'bench', words.includes('--yes'));
} catch (error) {
  fail(error.message);
}
const webhook = `${system.gateway}/webhooks/jimo`;
const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
const seesAll = Object.entries(system.tokens.read).find(([scope]) => !scope.includes('@'));
const reading = { authorization: `Bearer ${seesAll?.[1]}` };

const DOES = {
  gateway: 'gateway: sends for 5 s to warm up, then for 15 s, into the workspace "bench"',
  readable: 'readable: sends 500 events per second for 20 s, into the workspace "bench"',
  memory: 'memory: asks the system how much each part uses',
};
for (const name of chosen) {
  console.error(DOES[name]);
  console.log(name, JSON.stringify(await figures[name](), null, 2));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Single events over 100 connections for 15 s, after a warm-up of 5 s. */
async function gateway() {
  const bodies = [
    ...generateEvents({ seed: Date.now() % 1e6, jimers: 5_000, experiences: 60, events: 60_000 }),
  ].map(({ body }) => body);
  const run = (duration) => {
    let next = 0;
    return autocannon({
      url: webhook,
      method: 'POST',
      headers,
      connections: 100,
      duration,
      requests: [{ setupRequest: (request) => ({ ...request, body: bodies[next++ % bodies.length] }) }],
    });
  };
  await run(5);
  const { requests, latency, non2xx, errors } = await run(15);
  return {
    requestsPerSecond: requests.average,
    p50ms: latency.p50,
    p99ms: latency.p99,
    maxMs: latency.max,
    non2xx,
    errors,
  };
}

/** 500 events per second for 20 s; every tenth is looked for until it can be read. */
async function readable({ rate = 500, seconds = 20 } = {}) {
  const times = [];
  const looking = [];
  const experience = { uid: randomUUID(), title: 'Bench', type: 'TOUR', state: 'LIVE', isDraft: false };
  const started = performance.now();
  let failed = 0;
  for (let i = 0; i < rate * seconds; i++) {
    const wait = started + (i * 1_000) / rate - performance.now();
    if (wait > 1) await sleep(wait);
    const jimer = { uid: randomUUID(), identifyToken: `bench-${i}` };
    const body = JSON.stringify({ event: 'tour.started', version: '0', time: Date.now(), experience, jimer });
    looking.push(
      fetch(webhook, { method: 'POST', headers, body }).then(async (response) => {
        const { position } = await response.json();
        if (response.status !== 202) return void failed++;
        if (i % 10 !== 0) return;
        const answered = performance.now();
        const read = await fetch(`${system.readApi}/v1/jimers/${jimer.uid}/journey`, {
          headers: { ...reading, 'read-after': position },
        });
        await read.text();
        if (read.status === 200) times.push(performance.now() - answered);
        else failed++;
      }),
    );
  }
  await Promise.all(looking);
  times.sort((a, b) => a - b);
  const at = (share) => Math.round(times[Math.floor(share * (times.length - 1))]);
  return {
    eventsPerSecond: rate,
    samples: times.length,
    failed,
    p50ms: at(0.5),
    p99ms: at(0.99),
    maxMs: at(1),
  };
}

/** Resident memory of each part now, in MiB. */
function memory() {
  return Object.fromEntries(
    Object.entries(system.parts)
      .filter(([, { pid }]) => pid)
      .map(([name, { pid }]) => [
        name,
        Math.round(
          Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024,
        ),
      ]),
  );
}
