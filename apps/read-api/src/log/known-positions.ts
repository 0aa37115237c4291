import { definitionOf, TOPICS } from '@app/catalog';
import { partitionKey, unpackPosition, type LogPosition, type TopicPartition } from '@app/engine';
import { feedback, journeys, rejectedEvents } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import type { LogFilter } from './log-filter';
import type { ScanRange } from './scan-lane';

/**
 * One statement, so that the positions are complete up to the checkpoints. A record that a projection could not apply is
 * only among the dead letters. $5 and $6 are `KEPT_BY`; a partition that one of them has not read yet has no checkpoint.
 */
const KNOWN = `
SELECT 'event' AS what, t.kind AS name, NULL::integer AS partition, t.position AS value
  FROM read_models.touch AS t
 WHERE t.jimer_uid = $1::uuid AND ($2::text IS NULL OR t.workspace = $2)
   AND ($3::text IS NULL OR t.kind = $3) AND ($4::uuid IS NULL OR t.event_id = $4)
UNION ALL
SELECT 'triage', NULL, NULL, c.position
  FROM read_models.feedback_change AS c
 WHERE c.jimer_uid = $1::uuid AND ($2::text IS NULL OR c.workspace = $2)
UNION ALL
SELECT 'dead letter', d.topic, d.partition, d.record_offset
  FROM engine.dead_letter AS d JOIN engine.generation AS g ON g.id = d.generation_id AND g.state = 'active'
 WHERE d.mentions @> ARRAY[$1::uuid]
UNION ALL
SELECT DISTINCT 'rejected', 'jimo.' || r.topic, NULL::integer, NULL::bigint
  FROM read_models.set_aside_event AS r
 WHERE r.mentions @> ARRAY[$1::text] AND ($2::text IS NULL OR r.workspace = $2)
UNION ALL
SELECT 'checkpoint', kept.topic, c.partition, min(c.next_offset)
  FROM unnest($5::text[], $6::text[]) AS kept (topic, projection)
  JOIN engine.generation AS g ON g.projection = kept.projection AND g.state = 'active'
  JOIN engine.checkpoint AS c ON c.generation_id = g.id AND c.topic = kept.topic
 GROUP BY kept.topic, c.partition
HAVING count(*) = (SELECT count(*) FROM unnest($5::text[]) AS each (topic) WHERE each.topic = kept.topic)`;

interface Row {
  readonly what: 'event' | 'triage' | 'dead letter' | 'rejected' | 'checkpoint';
  readonly name: string | null;
  readonly partition: number | null;
  readonly value: number | null;
}

/** The projections that keep the positions of a person's events, by topic. */
const KEPT_BY: readonly (readonly [topic: string, projection: string])[] = [
  [TOPICS.engagement, journeys.name],
  [TOPICS.feedback, journeys.name],
  [TOPICS.feedback, feedback.name],
  [TOPICS.quarantine, rejectedEvents.name],
  [TOPICS.unrecognized, rejectedEvents.name],
];

/** Where the events of a person are: complete below the checkpoints of what keeps them. */
export class KnownPositions {
  private readonly offsets = new Map<string, number[]>();
  private readonly checkpoints = new Map<string, number>();
  /** Topics that hold rejected events of the person: where in them is not known. */
  private readonly rejected = new Set<string>();

  constructor(rows: readonly Row[]) {
    for (const { what, name, partition, value } of rows)
      if (what === 'checkpoint')
        this.checkpoints.set(partitionKey({ topic: name!, partition: partition! }), value!);
      else if (what === 'rejected') this.rejected.add(name!);
      else if (what === 'dead letter') this.add({ topic: name!, partition: partition!, offset: value! });
      else {
        const topic = what === 'triage' ? TOPICS.feedback : definitionOf(name!)?.topic;
        // Of a name that the catalogue has no more: nobody knows its topic.
        if (topic !== undefined) this.add({ topic, ...unpackPosition(value!) });
      }
  }

  /** What is known of a partition: the offsets of all wanted records below an offset, in order; null for nothing. */
  in(place: TopicPartition): ScanRange['known'] | null {
    const key = partitionKey(place);
    const below = this.checkpoints.get(key);
    if (below === undefined || this.rejected.has(place.topic)) return null;
    return { below, offsets: [...new Set(this.offsets.get(key))].sort((a, b) => a - b) };
  }

  private add(position: LogPosition): void {
    const key = partitionKey(position);
    const offsets = this.offsets.get(key) ?? [];
    offsets.push(position.offset);
    this.offsets.set(key, offsets);
  }
}

/** Finds where a person's events are without reading the log. */
@Injectable()
export class KnownPositionsQuery {
  constructor(private readonly database: ReadDatabase) {}

  async of(jimerUid: string, { workspace, event, id }: LogFilter): Promise<KnownPositions> {
    const rows = await this.database.query<Row>(KNOWN, [
      ...[jimerUid, workspace, event, id],
      KEPT_BY.map(([topic]) => topic),
      KEPT_BY.map(([, projection]) => projection),
    ]);
    return new KnownPositions(rows);
  }
}
