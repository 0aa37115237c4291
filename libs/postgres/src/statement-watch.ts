import { Client, type ClientConfig } from 'pg';
import type { SessionClient } from './session-client';

export interface WatchTimes {
  readonly everyMs: number;
  /** An answer that is waited for longer than this is looked into. */
  readonly suspectMs: number;
}

export const WATCH_TIMES: WatchTimes = { everyMs: 5_000, suspectMs: 10_000 };
const PATIENCE_MS = 5_000;

interface Seen {
  readonly stateChange: string | null;
  readonly traffic: number;
}

interface Activity {
  readonly pid: number;
  readonly state: string | null;
  readonly stateChange: string;
  readonly waitsFor: string | null;
  readonly blockers: readonly string[];
}

const ACTIVITY = `
  SELECT a.pid, a.state, a.state_change::text AS "stateChange", a.wait_event_type AS "waitsFor",
         CASE WHEN a.wait_event_type = 'Lock' THEN ARRAY(
           SELECT format('session %s (user %s%s)', b.pid, b.usename,
                    CASE WHEN b.application_name <> '' THEN ', ' || b.application_name ELSE '' END)
             FROM pg_stat_activity AS b WHERE b.pid = ANY (pg_blocking_pids(a.pid)) ORDER BY b.pid)
         ELSE '{}' END AS blockers
    FROM pg_stat_activity AS a WHERE a.pid = ANY ($1)`;

/**
 * Statements of a build or a verification may take hours, so no time-out can tell one that is under way from one whose
 * answer will never come (the connection died and nobody said so: a failover, a NAT or a proxy that forgot it). The
 * server knows: on a connection of its own, this asks what becomes of statements that take long. A connection is given
 * up once the server has been at rest, or has waited for this client, over two looks between which not a byte came.
 * It also says what statements wait for, by name.
 */
export class StatementWatch {
  /** What statements wait for in vain, or null. */
  trouble: string | null = null;
  /** Whether the server works on one of them, and does not wait for a lock. */
  isAtWork = false;
  private readonly timer: NodeJS.Timeout;
  private readonly seen = new WeakMap<SessionClient, Seen>();
  private looking = false;

  constructor(
    private readonly clients: () => Iterable<SessionClient>,
    private readonly config: ClientConfig,
    private readonly times: WatchTimes,
  ) {
    this.timer = setInterval(() => void this.look(), times.everyMs);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const now = performance.now();
    const late = [...this.clients()].filter(
      ({ busySince }) => busySince !== null && now - busySince > this.times.suspectMs,
    );
    // Behind a pooler nobody can be asked: it is taken for working.
    const suspects = late.filter(({ backend }) => backend !== null);
    if (suspects.length === 0) {
      this.trouble = null;
      this.isAtWork = late.length > 0;
    }
    if (suspects.length === 0 || this.looking) return;
    this.looking = true;
    try {
      const activity = await this.ask(suspects.map(({ backend }) => backend!));
      this.trouble = waitingFor(activity);
      this.isAtWork = activity.some((each) => isWorking(each) && each.waitsFor !== 'Lock');
      for (const client of suspects)
        this.judge(
          client,
          activity.find(({ pid }) => pid === client.backend),
        );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.isAtWork = false;
      this.trouble = `statements wait for an answer, and Postgres takes no other connection: ${reason}`;
    } finally {
      this.looking = false;
    }
  }

  private judge(client: SessionClient, activity: Activity | undefined): void {
    if (isWorking(activity) || client.busySince === null) return void this.seen.delete(client);
    const before = this.seen.get(client);
    const now = { stateChange: activity?.stateChange ?? null, traffic: client.traffic };
    this.seen.set(client, now);
    if (before?.traffic !== now.traffic || before.stateChange !== now.stateChange) return;
    client.drop(
      activity === undefined
        ? 'the connection to Postgres is gone, and nobody said so'
        : 'the connection to Postgres is silent: the server is not working on what was asked',
    );
  }

  private async ask(pids: readonly number[]): Promise<readonly Activity[]> {
    const client = new Client({
      ...this.config,
      application_name: `${this.config.application_name ?? 'jimo'}-watch`,
      connectionTimeoutMillis: PATIENCE_MS,
      query_timeout: PATIENCE_MS,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<Activity>(ACTIVITY, [pids]);
      return rows;
    } finally {
      // Not waited for: a server that does not answer does not say goodbye either.
      void client.end().catch(() => undefined);
    }
  }
}

function isWorking(activity: Activity | undefined): boolean {
  return activity?.state === 'active' && activity.waitsFor !== 'Client';
}

function waitingFor(activity: readonly Activity[]): string | null {
  const blockers = new Set(activity.flatMap((each) => each.blockers));
  return blockers.size === 0
    ? null
    : `statements wait for a lock that is held by ${[...blockers].join(', ')}`;
}
