import { type LogBounds, type LogPosition, type Projection, type Projector, textHeaders } from '@app/engine';
import {
  type BatchLease,
  build,
  BuildSteps,
  replayDeadLetters,
  type Source,
  sourceUntil,
  writeBulk,
} from '@app/engine/adapters';
import { ALL_TOPICS, decodeEvent, loggedAt, type CatalogEvent } from '@app/catalog';
import { MemoryLog } from '@app/engine-memory';
import { AppendUnavailable, type AppendMessage } from '@app/engine-kafka';
import {
  Jobs,
  keepSnapshot,
  openSnapshotBuild,
  PostgresBuild,
  PostgresDeadLetters,
  PostgresStore,
  PostgresVerify,
  type ClaimedJob,
} from '@app/engine-postgres';
import type { Pool } from 'pg';
import type { LogInsteadOfKafka } from './common/kafka/event-log';

const LEASE: BatchLease = { renew: () => Promise.resolve(), wait: () => Promise.resolve() };

/** What stands in for Kafka: what is appended is applied at once, as the projectors would. */
export class AppliedLog implements LogInsteadOfKafka {
  readonly appended: AppendMessage[] = [];
  /** How many appends it takes before it refuses; null is all. */
  patience: number | null = null;
  /** How many appends it takes without saying so. */
  lostAnswers = 0;
  /** What happens once before the next append is taken, and before the next bounds are told. */
  beforeAppend: (() => Promise<void>) | null = null;
  beforeBounds: (() => Promise<void>) | null = null;
  readonly log = new MemoryLog(ALL_TOPICS, 1);

  constructor(
    private readonly projector: Projector<CatalogEvent>,
    /** When Kafka takes a record. */
    public clock: (offset: number) => number,
  ) {}

  async append(messages: readonly AppendMessage[]): Promise<LogPosition[]> {
    const meanwhile = this.beforeAppend;
    this.beforeAppend = null;
    await meanwhile?.();
    if (this.patience === 0) throw new AppendUnavailable('the log does not take events now: no leader');
    if (this.patience !== null) this.patience--;
    const positions: LogPosition[] = [];
    for (const message of messages) positions.push(await this.place(message));
    if (this.lostAnswers === 0) return positions;
    this.lostAnswers--;
    throw new AppendUnavailable('the answer was lost');
  }

  /** What it tells instead of its own; null is nothing, as a Kafka that does not answer. */
  toldBounds: readonly LogBounds[] | null | undefined;

  async bounds(topic: string): Promise<readonly LogBounds[] | null> {
    const meanwhile = this.beforeBounds;
    this.beforeBounds = null;
    await meanwhile?.();
    return this.toldBounds === undefined ? this.log.bounds([topic]) : this.toldBounds;
  }

  private async place(message: AppendMessage): Promise<LogPosition> {
    const { topic, key, value, headers } = message;
    const timestamp = this.clock(this.appended.push(message));
    const record = { key: Buffer.from(key), value, headers: textHeaders(headers), timestamp };
    const offset = this.log.append(topic, 0, record);
    const batch = this.log.batch({ topic, partition: 0, from: offset, to: offset + 1 });
    const { outcome } = await this.projector.apply(batch, LEASE);
    if (outcome !== 'applied') throw new Error(outcome);
    return { topic, partition: 0, offset };
  }

  /** Does the job that waits for the projection, as a projector would; gives its id. */
  async work(pool: Pool, projection: Projection<CatalogEvent>): Promise<string> {
    const claim = await new Jobs(pool).claim([projection], 'fixture');
    if (!claim) throw new Error(`no job waits for ${projection.name}`);
    await claim.finish('succeeded', await this.outcomeOf(pool, projection, claim));
    return claim.job.id;
  }

  private async outcomeOf(
    pool: Pool,
    projection: Projection<CatalogEvent>,
    claim: ClaimedJob,
  ): Promise<Readonly<Record<string, unknown>>> {
    const source = { log: this.log, decode: decodeEvent };
    const { signal } = new AbortController();
    if (claim.job.kind === 'rebuild') {
      const target = await PostgresBuild.open(pool, projection, claim, signal);
      const store = new PostgresStore(pool, [projection]);
      await build({
        projection,
        source,
        generation: target,
        store,
        rowsPerWrite: 100,
        report: () => undefined,
        signal,
      });
      return { generation: target.id };
    }
    if (claim.job.kind === 'snapshot') return snapshotOf(pool, projection, claim, source);
    const { ids } = claim.job.parameters as { readonly ids?: readonly string[] };
    const letters = new PostgresDeadLetters(pool, [projection]);
    const chosen = await letters.open(projection.name, ids ?? null);
    const outcomes = await replayDeadLetters(projection, chosen, source, letters, signal);
    return { replayed: [...outcomes.values()].filter(({ outcome }) => outcome === 'replayed').length };
  }
}

async function snapshotOf(
  pool: Pool,
  projection: Projection<CatalogEvent>,
  claim: ClaimedJob,
  whole: Source<CatalogEvent>,
): Promise<Readonly<Record<string, unknown>>> {
  const { signal } = new AbortController();
  const { name, until } = claim.job.parameters as { readonly name: string; readonly until: string };
  const source = sourceUntil(whole, projection, { until: Date.parse(until), loggedAt });
  const spec = { name, until: new Date(until), note: null, requestedBy: 'fixture' };
  const generation = await openSnapshotBuild(pool, projection, claim, spec, signal);
  const store = new PostgresStore(pool, [projection]);
  const options = { projection, source, signal, report: () => undefined };
  const steps = new BuildSteps({ ...options, store, generation });
  const ranges = (await steps.toLoad())!;
  await writeBulk({ ...options, writer: generation, rowsPerWrite: 100, ranges, wrote: () => undefined });
  await steps.finish();
  const { digests } = await new PostgresVerify(pool, projection, generation.id).digests(64, signal);
  const verification = { outcome: 'clean', reasons: [], records: 0, rows: 0, verifiedAt: until } as const;
  await keepSnapshot(pool, projection, claim, generation.of, digests, verification);
  return { name };
}
