import { PROJECTIONS } from '@app/projections';
import type { ReadDatabase } from '../common/database/read-database';
import { STREAMED_TOPICS } from './places';

/** How far the read models show a partition. */
export interface Shown {
  readonly topic: string;
  readonly partition: number;
  /** Where the last of the projections stands that read it; null when all of them are paused. */
  readonly next: number | null;
  /** Where the first of them stands, paused or not. */
  readonly furthest: number;
}

// A projection that somebody has paused holds nobody back; it is behind until it is resumed, as its readers know.
const SHOWN = `
WITH reader AS (
  SELECT g.id, t.topic, p.paused_at IS NULL AS goes_on
    FROM engine.generation AS g JOIN engine.projection AS p ON p.name = g.projection
   CROSS JOIN unnest(g.topics) AS t (topic)
   WHERE g.state = 'active' AND g.projection = ANY($1) AND t.topic = ANY($2)
), place AS (
  SELECT DISTINCT c.topic, c.partition FROM engine.checkpoint AS c
    JOIN reader AS r ON r.id = c.generation_id AND r.topic = c.topic
)
SELECT r.topic, place.partition,
       min(coalesce(c.next_offset, 0)) FILTER (WHERE r.goes_on) AS next,
       max(coalesce(c.next_offset, 0)) AS furthest
  FROM reader AS r JOIN place ON place.topic = r.topic
  LEFT JOIN engine.checkpoint AS c
    ON c.generation_id = r.id AND c.topic = r.topic AND c.partition = place.partition
 GROUP BY r.topic, place.partition`;

/** What the checkpoints say now, committed and therefore readable. A partition that nobody has read is left out. */
export function readShown(database: Pick<ReadDatabase, 'query'>): Promise<Shown[]> {
  return database.query<Shown>(SHOWN, [PROJECTIONS.map(({ name }) => name), STREAMED_TOPICS]);
}
