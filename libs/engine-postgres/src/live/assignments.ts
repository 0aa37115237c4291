import type { Pool } from 'pg';

interface HeldPartition {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Stores which instance of a projector holds which partitions, so that the read API can tell whether anything keeps its
 * tables up to date. Only rows with a recent heartbeat count.
 */
export class Assignments {
  constructor(
    private readonly pool: Pool,
    private readonly consumerGroup: string,
    private readonly instance: string,
    private readonly projections: readonly { readonly name: string; readonly topics: readonly string[] }[],
  ) {}

  async heartbeat(held: readonly HeldPartition[]): Promise<void> {
    const rows = this.projections
      .flatMap((projection) =>
        held
          .filter(({ topic }) => projection.topics.includes(topic))
          .map(({ topic, partition }) => ({ projection: projection.name, topic, partition })),
      )
      .sort((a, b) => (key(a) < key(b) ? -1 : 1));
    if (rows.length === 0) return;
    await this.pool.query(
      `INSERT INTO engine.assignment AS a (projection, topic, partition, consumer_group, instance, heartbeat_at)
       SELECT *, $4, $5, now() FROM unnest($1::text[], $2::text[], $3::integer[])
       ON CONFLICT (projection, topic, partition) DO UPDATE
         SET consumer_group = EXCLUDED.consumer_group, instance = EXCLUDED.instance, heartbeat_at = now()`,
      [
        rows.map(({ projection }) => projection),
        rows.map(({ topic }) => topic),
        rows.map(({ partition }) => partition),
        this.consumerGroup,
        this.instance,
      ],
    );
  }

  /** Removes the rows on a clean stop, so that nobody has to wait until the heartbeats are old. */
  async release(): Promise<void> {
    await this.pool.query('DELETE FROM engine.assignment WHERE consumer_group = $1 AND instance = $2', [
      this.consumerGroup,
      this.instance,
    ]);
  }
}

/** Rows are locked in one order, since two instances may write the same rows while a partition moves. */
function key({
  projection,
  topic,
  partition,
}: {
  projection: string;
  topic: string;
  partition: number;
}): string {
  return `${projection} ${topic} ${String(partition).padStart(6, '0')}`;
}
