import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, projectRoot, until } from '@app/local';
import type { Figures } from '../measure/results';
import { percentile } from '../measure/results';
import { cpuSeconds } from '../measure/processes';
import { Meter } from '../measure/meter';

const RATE = 1_000;
const WARM_UP_SECONDS = 5;
const SECONDS = 20;
/** One of so many events is looked for until it can be read. */
const SAMPLED = 10;

interface System {
  readonly state: string;
  readonly parts: Readonly<Record<string, { readonly pid?: number }>>;
  readonly gateway: string;
  readonly readApi: string;
  readonly tokens: {
    readonly webhook: Readonly<Record<string, string>>;
    readonly read: Readonly<Record<string, string>>;
  };
}

/** How long an event takes from its 202 to being readable, with the whole system as `npm start` runs it. */
export async function latency(folder: string, round: number): Promise<Figures> {
  const data = join(folder, `system-${round}`);
  mkdirSync(data);
  const child = await startSystem(data);
  try {
    const file = join(data, 'system.json');
    const ready = (): System | false => {
      const found = JSON.parse(readFileSync(file, 'utf8')) as System;
      return found.state === 'ready' && found;
    };
    const system = await child.whileRunning((signal) =>
      until('the system', ready, { deadlineMs: 120_000, signal }),
    );
    const first = await steadily(system, WARM_UP_SECONDS);
    const parts = Object.entries(system.parts).flatMap(([name, { pid }]) => (pid ? [{ name, pid }] : []));
    const pidOf = (name: string): number => parts.find((part) => part.name === name)!.pid;
    const servers = { postgres: { pid: pidOf('postgres') }, kafka: { pid: pidOf('kafka') } };
    const apps = parts.filter(({ name }) => !(name in servers));
    const meter = new Meter(
      apps.map(({ pid }) => pid),
      servers,
    );
    const before = apps.map(({ pid }) => cpuSeconds(pid));
    const { times, failed, late } = await steadily(system, SECONDS);
    const shares = apps.map(({ name, pid }, i) => {
      const micros = ((cpuSeconds(pid) - before[i]!) * 1e6) / (RATE * SECONDS);
      return `${name} ${Math.round(micros)}`;
    });
    const notes = [
      `CPU µs per event: ${shares.join(', ')}`,
      `first ${WARM_UP_SECONDS} s: p50 ${Math.round(percentile(first.times, 0.5))} ms`,
      failed > 0 && `${failed} failed`,
      late > 5 && `the load ran ${Math.round(late)} ms late`,
    ];
    return {
      suite: 'latency',
      round,
      contestant: `ours: 202 to readable at ${RATE} per second`,
      perSecond: RATE,
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
      ...meter.read(RATE * SECONDS),
      rows: `${times.length} read back`,
      note: notes.filter(Boolean).join(', '),
    };
  } finally {
    await child.stop();
  }
}

function startSystem(data: string): Promise<Child> {
  const { PATH, HOME, JAVA_HOME } = process.env;
  const ports = [
    'GATEWAY',
    'READ_API',
    'JOURNEY_PROJECTOR',
    'EXPERIENCE_PROJECTOR',
    'FEEDBACK_PROJECTOR',
    'KAFKA',
    'POSTGRES',
  ];
  return Child.start({
    name: 'ops start',
    command: process.execPath,
    args: [
      '--disable-warning=TimeoutNegativeWarning',
      join(projectRoot(__dirname), 'dist/apps/ops/src/main.js'),
      'start',
    ],
    env: {
      PATH,
      HOME,
      JAVA_HOME,
      DATA_DIR: data,
      ...Object.fromEntries(ports.map((name) => [`${name}_PORT`, '0'])),
    },
    cwd: projectRoot(__dirname),
    tier: 'app',
    stopSignal: 'SIGINT',
    stopGraceMs: 60_000,
  });
}

const agent = new Agent({ keepAlive: true, maxSockets: 200 });

function call(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Sends at an even rate, whatever the answers do. */
async function steadily(
  system: System,
  seconds: number,
): Promise<{ times: number[]; failed: number; late: number }> {
  const times: number[] = [];
  const under: Promise<void>[] = [];
  let failed = 0;
  let late = 0;
  const experience = { uid: randomUUID(), title: 'Bench', type: 'TOUR', state: 'LIVE', isDraft: false };
  const writing = {
    'content-type': 'application/json',
    authorization: `Bearer ${Object.values(system.tokens.webhook)[0]}`,
  };
  const reading = { authorization: `Bearer ${Object.values(system.tokens.read)[0]}` };
  const send = async (sampled: boolean): Promise<void> => {
    const jimer = { uid: randomUUID(), identifyToken: 'bench' };
    const body = JSON.stringify({ event: 'tour.started', version: '0', time: Date.now(), experience, jimer });
    const answer = await call(`${system.gateway}/webhooks/jimo`, 'POST', writing, body);
    if (answer.status !== 202) return void failed++;
    if (!sampled) return;
    const answered = performance.now();
    const { position } = JSON.parse(answer.text) as { position: string };
    const url = `${system.readApi}/v1/jimers/${jimer.uid}/journey`;
    const { status } = await call(url, 'GET', { ...reading, 'read-after': position });
    if (status === 200) times.push(performance.now() - answered);
    else failed++;
  };
  const started = performance.now();
  for (let i = 0; i < RATE * seconds; i++) {
    const wait = started + (i * 1_000) / RATE - performance.now();
    if (wait > 1) await sleep(wait);
    else late = Math.max(late, -wait);
    under.push(send(i % SAMPLED === 0).catch(() => void failed++));
  }
  await Promise.all(under);
  return { times, failed, late };
}
