import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { builtOnce, cacheFolder, findJava, OLDEST_JAVA } from '@app/local';
import { until } from '@app/testing/infra';

const ROOT = join(__dirname, '../..');
export const EXAMPLES = join(ROOT, 'examples/consumers');
/** Where `.ci/run` installs what the Python program needs. */
const PYTHON = join(ROOT, '.cache/consumers/bin/python');

export const LANGUAGES = ['typescript', 'java', 'python'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What this machine lacks for the example of a language; undefined when it can run. */
export function whyNot(language: Language): string | undefined {
  switch (language) {
    case 'typescript':
      return undefined;
    case 'java':
      return whyNoJava();
    case 'python':
      return whyNoPython();
  }
}

type Command = readonly [command: string, ...args: string[]];

async function commandOf(language: Language): Promise<Command> {
  switch (language) {
    case 'typescript':
      return [process.execPath, join(EXAMPLES, 'typescript/consumer.ts')];
    case 'java': {
      const java = await findJava();
      if (java.java !== 'found') throw new Error(`Java is ${java.java}`);
      const target = join(await builtByMaven(), 'target');
      return [java.command, '-cp', `${join(target, 'consumer.jar')}:${join(target, '*')}`, 'Consumer'];
    }
    case 'python':
      return [PYTHON, join(EXAMPLES, 'python/consumer.py')];
  }
}

function whyNoJava(): string | undefined {
  const { status, stdout, stderr } = spawnSync('javac', ['-version'], { encoding: 'utf8' });
  const major = status === 0 ? Number(/javac (\d+)/.exec(`${stdout}${stderr}`)?.[1]) : 0;
  if (!(major >= OLDEST_JAVA)) return 'javac 17 or newer is missing (on Debian: openjdk-17-jdk-headless)';
  return spawnSync('mvn', ['-v']).status === 0 ? undefined : 'Maven is missing';
}

/** Built once for each state of its sources, beside Kafka's jars: a second run downloads nothing. */
function builtByMaven(): Promise<string> {
  const sources = join(EXAMPLES, 'java');
  const hash = createHash('sha256');
  for (const path of ['pom.xml', ...globSync('src/**/*.java', { cwd: sources }).sort()])
    hash.update(readFileSync(join(sources, path)));
  const folder = join(cacheFolder(), `example-consumer-${hash.digest('hex').slice(0, 8)}`);
  return builtOnce(folder, async (into) => {
    for (const part of ['pom.xml', 'src']) cpSync(join(sources, part), join(into, part), { recursive: true });
    const maven = spawn('mvn', ['-B', '-q', '-f', join(into, 'pom.xml'), 'package'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [maven.stdout, maven.stderr])
      stream.on('data', (data: Buffer) => (output += data.toString()));
    const [code] = (await once(maven, 'close')) as [number | null];
    if (code !== 0) throw new Error(`Maven could not build the example (${code}):\n${output.slice(-4_000)}`);
  });
}

function whyNoPython(): string | undefined {
  const how =
    'python3 -m venv .cache/consumers && ' +
    '.cache/consumers/bin/pip install -r examples/consumers/python/requirements.txt';
  if (!existsSync(PYTHON)) return `there is no .cache/consumers: "${how}"`;
  if (spawnSync(PYTHON, ['-c', 'import cloudevents.core, kafka']).status === 0) return undefined;
  return `.cache/consumers does not work: remove it, then "${how}"`;
}

export type Line = Readonly<Record<string, unknown>>;

/** Longer than a consumer's group takes to form on a machine that has more to do. */
const PATIENCE = { deadlineMs: 90_000 };

/** A running example, and what it says. */
export class Consumer {
  readonly lines: Line[] = [];
  private readonly exited: Promise<unknown>;
  private said = '';

  private constructor(
    readonly language: Language,
    private readonly child: ChildProcess,
  ) {
    this.exited = once(child, 'exit');
    createInterface({ input: child.stdout! }).on('line', (line) => this.lines.push(JSON.parse(line) as Line));
    child.stderr!.on('data', (data: Buffer) => (this.said = (this.said + data.toString()).slice(-8_000)));
  }

  static async start(language: Language, brokers: string): Promise<Consumer> {
    const [command, ...args] = await commandOf(language);
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, KAFKA_BROKERS: brokers };
    return new Consumer(language, spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /** What it said beside its lines. */
  get errors(): string {
    return this.said;
  }

  /** Until it has said something that has all of this. */
  async says(line: Line): Promise<void> {
    const has = (each: Line) => Object.entries(line).every(([name, of]) => each[name] === of);
    await this.until(`to say ${JSON.stringify(line)}`, () => this.lines.some(has));
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const check = (): boolean => {
      if (!this.isRunning) throw new Error(`the ${this.language} consumer has ended: ${this.said}`);
      return holds();
    };
    await until(`the ${this.language} consumer ${what}`, check, PATIENCE);
  }

  /** As an operator ends it; gives the exit code. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    await this.exited;
    return this.child.exitCode;
  }

  async end(): Promise<void> {
    if (!this.isRunning) return;
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }
}
