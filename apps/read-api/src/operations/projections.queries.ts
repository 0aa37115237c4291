import { ReadDatabase } from '@app/platform';
import { PROJECTIONS } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { LogEnds, type Ends } from './log-ends';
import type { PartitionDto, ProjectionDto } from './projections.dto';

interface GenerationRow {
  readonly id: number;
  readonly projection: string;
  readonly version: number;
  readonly schema: string;
  readonly deadLetters: number;
}

interface CheckpointRow {
  readonly generation: number;
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: number;
}

/** Where the projections stand: their checkpoints from Postgres, the ends of their logs from Kafka. */
@Injectable()
export class ProjectionsQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly ends: LogEnds,
  ) {}

  async list(): Promise<ProjectionDto[]> {
    const topics = [...new Set(PROJECTIONS.flatMap((projection) => projection.topics))];
    // The ends first: a checkpoint that is read later is never short of them by what came in between.
    const ends = await this.ends.of(topics);
    const [generations, checkpoints] = await Promise.all([
      this.database.query<GenerationRow>(
        `SELECT id, projection, version, schema_name AS "schema",
                (SELECT count(*) FROM engine.dead_letter AS d WHERE d.generation_id = g.id) AS "deadLetters"
           FROM engine.generation AS g WHERE state = 'active'`,
      ),
      this.database.query<CheckpointRow>(
        `SELECT c.generation_id AS "generation", c.topic, c.partition, c.next_offset AS "nextOffset"
           FROM engine.checkpoint AS c JOIN engine.generation AS g ON g.id = c.generation_id
          WHERE g.state = 'active'`,
      ),
    ]);
    const active = new Map(generations.map((generation) => [generation.projection, generation]));
    const offsets = Map.groupBy(checkpoints, ({ generation }) => generation);
    return PROJECTIONS.map(({ name, version, topics: read }): ProjectionDto => {
      const generation = active.get(name);
      const partitions = partitionsOf(read, (generation && offsets.get(generation.id)) ?? [], ends);
      return {
        name,
        version: generation?.version ?? version,
        activeGeneration: generation?.id ?? null,
        schema: generation?.schema ?? null,
        state: generation ? 'active' : 'not-built',
        topics: read,
        lag: totalLag(partitions),
        deadLetters: generation?.deadLetters ?? 0,
        partitions,
      };
    });
  }
}

/** One element per partition that Kafka or a checkpoint knows of, in order. */
export function partitionsOf(
  topics: readonly string[],
  checkpoints: readonly Omit<CheckpointRow, 'generation'>[],
  ends: Ends | null,
): PartitionDto[] {
  return topics.flatMap((topic) => {
    const read = new Map(
      checkpoints.filter((row) => row.topic === topic).map((row) => [row.partition, row.nextOffset]),
    );
    const logs = ends?.get(topic);
    const numbers = [...new Set([...read.keys(), ...(logs?.keys() ?? [])])].sort((a, b) => a - b);
    return numbers.map((partition) => {
      const checkpoint = read.get(partition) ?? 0;
      const endOffset = logs?.get(partition) ?? null;
      const lag = endOffset === null ? null : Math.max(0, endOffset - checkpoint);
      return { topic, partition, checkpoint, endOffset, lag };
    });
  });
}

function totalLag(partitions: readonly PartitionDto[]): number | null {
  const lags = partitions.map(({ lag }) => lag);
  if (lags.length === 0) return null;
  return lags.reduce((sum, lag) => (sum === null || lag === null ? null : sum + lag), 0);
}
