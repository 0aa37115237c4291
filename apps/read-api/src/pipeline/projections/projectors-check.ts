import { notReady, READY, type CheckResult } from '@app/platform';
import type { ReadDatabase } from '../../common/database/read-database';
import type { LogEnds } from '../../common/kafka/log-ends';
import type { TopicReader } from '../../common/read-your-writes/read-after.interceptor';

/** A projector writes its heartbeat every 2 s; after 10 s without one it holds nothing. */
const HELD = `SELECT projection, topic, count(*)::integer AS held FROM engine.assignment
  WHERE heartbeat_at > now() - interval '10 seconds' GROUP BY projection, topic`;

/**
 * Whether the projectors have their partitions. It takes that for the first readiness; afterwards this
 * process is as useful without them (its answers age), so that it rides out their restarts and only notes
 * what is missing.
 */
export class ProjectorsCheck {
  private wasReady = false;

  constructor(
    private readonly database: Pick<ReadDatabase, 'query'>,
    private readonly ends: Pick<LogEnds, 'of' | 'partitionsOf'>,
    private readonly projections: readonly TopicReader[],
    /** Of a topic that Kafka never told about. */
    private readonly configuredPartitions: number,
  ) {}

  async check(): Promise<CheckResult> {
    const missing = await this.missing();
    if (missing.length === 0) {
      this.wasReady = true;
      return READY;
    }
    const reason = missing.join('; ');
    return this.wasReady ? { ok: true, note: reason } : notReady(reason);
  }

  private async missing(): Promise<string[]> {
    const [rows] = await Promise.all([
      this.database.query<{ projection: string; topic: string; held: number }>(HELD),
      this.ends.of([...new Set(this.projections.flatMap(({ topics }) => topics))]),
    ]);
    const held = new Map(rows.map((row) => [`${row.projection} ${row.topic}`, row.held]));
    return this.projections.flatMap(({ name, topics }) =>
      topics.flatMap((topic) => {
        const all = this.ends.partitionsOf(topic) ?? this.configuredPartitions;
        const count = held.get(`${name} ${topic}`) ?? 0;
        return count < all ? [`${name} has ${count} of ${all} partitions of ${topic}`] : [];
      }),
    );
  }
}
