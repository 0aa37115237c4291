import type { GeneratorOptions } from '@app/catalog';
import { projectionsOf } from '@app/projections';
import { startServers, until, type Servers } from '@app/testing/infra';
import { AppProcess } from './app-process';
import { emptyDatabase } from './databases';
import { projectInProcess, type InProcessProjector } from './in-process-projector';
import { GeneratedLog, kafkaAt, topicSettings } from './log';
import { ops, OpsProcess, type OpsResult } from './ops';
import { deadLettersIn, digests, progressOf } from './read-models';

export interface RigOptions {
  readonly partitions: number;
  readonly life: GeneratorOptions;
  /** Deliveries that are in the log before anything reads it. */
  readonly atFirst: number;
  /** The port of a proxy to Kafka. */
  readonly kafkaProxy?: number;
}

const TOPICS = new Set(projectionsOf('journey-projector').flatMap(({ topics }) => topics));

/**
 * A Kafka with a generated life in its log, a Postgres, and journey projectors on them, one database at a time:
 * those on one Kafka share its partitions. Beside them a run that nothing disturbs, to compare with.
 */
export class Rig {
  private readonly running: AppProcess[] = [];

  private constructor(
    private readonly options: RigOptions,
    readonly servers: Servers,
    readonly log: GeneratedLog,
    private readonly reference: string,
    private undisturbed: InProcessProjector | null,
  ) {}

  static async start(options: RigOptions): Promise<Rig> {
    const { partitions, life, atFirst, kafkaProxy } = options;
    const servers = await startServers(kafkaProxy === undefined ? {} : { kafkaProxy });
    try {
      const log = await GeneratedLog.open(kafkaAt(servers.brokers), partitions, life);
      await log.append(atFirst);
      const reference = await emptyDatabase(servers.databaseUrl, 'undisturbed');
      const undisturbed = await projectInProcess('undisturbed', servers.brokers, reference);
      return new Rig(options, servers, log, reference, undisturbed);
    } catch (error) {
      await servers.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.endProjectors();
    await this.stopReference();
    await this.log.close();
    await this.servers.stop();
  }

  /** From then on nothing can be compared with it: for tests that change the log under it. */
  async stopReference(): Promise<void> {
    await this.undisturbed?.stop();
    this.undisturbed = null;
  }

  /** All partitions of the topics that a journey projector reads. */
  get partitions(): number {
    return TOPICS.size * this.options.partitions;
  }

  database(name: string): Promise<string> {
    return emptyDatabase(this.servers.databaseUrl, name);
  }

  projector(databaseUrl: string, env: Readonly<Record<string, string>> = {}): AppProcess {
    const app = AppProcess.start('journey-projector', {
      ...topicSettings(this.options.partitions),
      KAFKA_BROKERS: this.servers.brokers,
      DATABASE_URL: databaseUrl,
      JOURNEY_PROJECTOR_PORT: '0',
      PROJECTION_VERIFY_HOURS: '0',
      ...env,
    });
    this.running.push(app);
    return app;
  }

  /** Lets projectors leave their group, so that the next ones need not wait for the session of a dead one. */
  async endProjectors(): Promise<void> {
    await Promise.all(
      this.running.splice(0).map(async (app) => {
        const tooLate = setTimeout(() => void app.signal('SIGKILL'), 10_000);
        await app.signal('SIGCONT');
        await app.signal('SIGTERM');
        clearTimeout(tooLate);
      }),
    );
  }

  ops(databaseUrl: string, ...args: readonly string[]): Promise<OpsResult> {
    return ops(this.opsSettings(databaseUrl), ...args);
  }

  startOps(databaseUrl: string, ...args: readonly string[]): OpsProcess {
    return new OpsProcess(this.opsSettings(databaseUrl), ...args);
  }

  /** Until a projector has taken everything that the log holds by now. */
  async caughtUp(databaseUrl: string): Promise<void> {
    const total = this.log.offsetsFor('journey-projector');
    await until('the end of the log', async () => (await progressOf(databaseUrl)) === total);
  }

  /** Holds what an undisturbed run holds, accounts for every offset and has set nothing aside. */
  async expectUndisturbed(databaseUrl: string): Promise<void> {
    await this.caughtUp(databaseUrl);
    await this.caughtUp(this.reference);
    const expected = await digests(this.reference);
    expect(await digests(databaseUrl)).toEqual(expected);
    expect(expected['journey']!.rows).toBeGreaterThan(500);
    expect(await deadLettersIn(databaseUrl)).toBe(0);
    await this.expectAccounts(databaseUrl);
  }

  async expectAccounts(databaseUrl: string): Promise<void> {
    const { code, stderr } = await this.ops(databaseUrl, 'status', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }

  private opsSettings(databaseUrl: string): Record<string, string> {
    return { DATABASE_URL: databaseUrl, KAFKA_BROKERS: this.servers.brokers };
  }
}

export async function partitionsOf({ port }: AppProcess): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^projector_partitions(?:\{[^}]*\})? (\d+)/m.exec(metrics)?.[1] ?? 0);
}

/** Until the processes hold so many partitions together, each of them some. */
export async function share(count: number, ...apps: readonly AppProcess[]): Promise<void> {
  await until(`${count} partitions, shared by ${apps.length}`, async () => {
    const counts = await Promise.all(apps.map(partitionsOf));
    return counts.every((held) => held > 0) && counts.reduce((a, b) => a + b) === count;
  });
}

/** New commits, from whoever holds the partitions now. */
export async function goesOn(databaseUrl: string, offsets = 500): Promise<void> {
  const before = await progressOf(databaseUrl);
  await until('commits', async () => (await progressOf(databaseUrl)) > before + offsets);
}

export async function readiness({ port }: AppProcess): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
  return { status: answer.status, text: await answer.text() };
}

export async function isReady(app: AppProcess): Promise<void> {
  await until('readiness', async () => (await readiness(app)).status === 200);
}

/** Until readiness says why not. */
export async function isNotReady(app: AppProcess, why: string): Promise<void> {
  await until(
    `readiness that tells of ${why}`,
    async () => {
      const { status, text } = await readiness(app);
      return status === 503 && text.includes(why);
    },
    { everyMs: 20 },
  );
}
