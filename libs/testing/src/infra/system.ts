import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

import { until } from '../../../local/src';

/** What `ops start` writes to DATA_DIR/system.json (apps/ops/src/start/system-file.ts). */
export interface SystemInfo {
  readonly state: 'starting' | 'ready' | 'stopping';
  readonly supervisor: { readonly pid: number };
  readonly kafka: {
    readonly brokers: string;
    readonly managed: boolean;
    readonly sasl?: { readonly mechanism: string; readonly username: string; readonly password: string };
  };
  readonly database: { readonly url: string; readonly managed: boolean };
  /** Base URLs. */
  readonly gateway: string;
  readonly readApi: string;
  /** By workspace, and by scope. */
  readonly tokens: {
    readonly webhook: Readonly<Record<string, string>>;
    readonly read: Readonly<Record<string, string>>;
  };
  readonly parts: Readonly<Record<string, { pid?: number; port?: number; url?: string; restarts: number }>>;
}

/** The settings by which an app or a command reaches the servers of a running system. */
export function reachOf({ kafka: { brokers, sasl }, database }: SystemInfo): Record<string, string> {
  return {
    KAFKA_BROKERS: brokers,
    ...(sasl && {
      KAFKA_SASL_MECHANISM: sasl.mechanism,
      KAFKA_SASL_USERNAME: sasl.username,
      KAFKA_SASL_PASSWORD: sasl.password,
    }),
    DATABASE_URL: database.url,
  };
}

export interface SystemOptions {
  /** Kept when given; else a temporary folder that goes with the system. */
  readonly dataDir?: string;
  /** On top of free ports everywhere. */
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments after `start`. */
  readonly args?: readonly string[];
  readonly deadlineMs?: number;
  /** Another checkout than this one. */
  readonly root?: string;
}

export interface RunningSystem {
  readonly dataDir: string;
  /** The supervisor's. */
  readonly pid: number;
  /** As it was when the system became ready; `now` reads it again. */
  readonly info: SystemInfo;
  now(): SystemInfo;
  /** Everything that it printed so far, line by line. */
  output(): readonly string[];
  /** Stops it as Ctrl-C does, once; gives the exit code. The data of a given `dataDir` stays. */
  stop(): Promise<number | null>;
  /** Ends the supervisor without a chance to tidy up. */
  kill(): Promise<void>;
}

/** The checkout, from this file: tests run from the sources. */
const ROOT = join(__dirname, '../../../..');

/** Code that an earlier process of these tests has compiled: a tenth of the processor time of an app's start. */
export const COMPILED = { NODE_COMPILE_CACHE: join(ROOT, 'dist/.compiled') };

const FREE_PORTS = {
  GATEWAY_PORT: '0',
  READ_API_PORT: '0',
  JOURNEY_PROJECTOR_PORT: '0',
  EXPERIENCE_PROJECTOR_PORT: '0',
  FEEDBACK_PROJECTOR_PORT: '0',
  KAFKA_PORT: '0',
  POSTGRES_PORT: '0',
};

/** A user's environment rather than a test runner's: no setting of the system, nothing of Jest or npm. */
function userEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'USER', 'LANG', 'TMPDIR', 'JAVA_HOME', 'XDG_CACHE_HOME', 'DOCKER_HOST'];
  const env = Object.fromEntries(
    kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  return { ...env, PATH: [join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter) };
}

/** The command line of the built system. */
export const opsCommand = (...args: readonly string[]) => opsCommandIn(ROOT, args);

function opsCommandIn(root: string, args: readonly string[]): { command: string; args: string[] } {
  const main = join(root, 'dist/apps/ops/src/main.js');
  if (!existsSync(main)) throw new Error(`${main} is missing: "npm run build" first`);
  return { command: process.execPath, args: ['--disable-warning=TimeoutNegativeWarning', main, ...args] };
}

/**
 * Runs the whole built system as `npm start` does, with its own data and free ports, until `stop`.
 * @throws with its output when it ends, or is not ready within `deadlineMs` (120 s); nothing is left running
 */
export async function startSystem(options: SystemOptions = {}): Promise<RunningSystem> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'jimo-system-'));
  const { root = ROOT } = options;
  const { command, args } = opsCommandIn(root, ['start', ...(options.args ?? [])]);
  const child = spawn(command, args, {
    cwd: root,
    env: { ...userEnvironment(), ...COMPILED, ...FREE_PORTS, DATA_DIR: dataDir, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const now = () => JSON.parse(readFileSync(join(dataDir, 'system.json'), 'utf8')) as SystemInfo;
  const tidy = () => {
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  const alive = () => child.exitCode === null && child.signalCode === null;

  try {
    await until(
      'the system to be ready',
      () => {
        if (!alive()) return true;
        // One that was killed leaves its file behind.
        const { state, supervisor } = now();
        return supervisor.pid === child.pid && state === 'ready';
      },
      { deadlineMs: options.deadlineMs ?? 120_000 },
    );
    if (!alive()) throw new Error(`ops start ended with ${child.exitCode ?? child.signalCode}`);
  } catch (error) {
    if (alive()) await end('SIGTERM');
    tidy();
    throw new Error(`${(error as Error).message}\n${lines.join('\n')}`, { cause: error });
  }
  return {
    dataDir,
    pid: child.pid!,
    info: now(),
    now,
    output: () => lines,
    stop: async () => {
      const code = alive() ? await end('SIGINT') : child.exitCode;
      tidy();
      return code;
    },
    kill: async () => {
      await end('SIGKILL');
    },
  };
}
