import {
  cursorInteger,
  cursorKind,
  formatPosition,
  pageOf,
  ReadDatabase,
  type Page,
  type PageQuery,
} from '@app/platform';
import { Injectable } from '@nestjs/common';
import type { DeadLetterDto } from './projections.dto';

interface DeadLetterRow {
  readonly id: number;
  readonly projection: string;
  readonly generation: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly workspace: string | null;
  readonly eventId: string | null;
  readonly event: string | null;
  readonly reason: string;
  readonly createdAt: number;
}

const byId = cursorKind<[number]>('dead-letters', cursorInteger);

@Injectable()
export class DeadLettersQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Of the active generations, newest first. Those of no known workspace are shown to tokens for all. */
  async list(workspace: string | null, { limit, cursor }: PageQuery): Promise<Page<DeadLetterDto>> {
    const before = byId.decode(cursor);
    const rows = await this.database.query<DeadLetterRow>(
      `SELECT d.id, g.projection, g.id AS "generation", d.topic, d.partition, d.record_offset AS "offset",
              d.workspace, d.event_id AS "eventId", d.event_name AS "event", d.reason,
              d.created_at AS "createdAt"
         FROM engine.dead_letter AS d JOIN engine.generation AS g ON g.id = d.generation_id
        WHERE g.state = 'active'
          AND ($1::text IS NULL OR d.workspace = $1)
          AND ($2::bigint IS NULL OR d.id < $2)
        ORDER BY d.id DESC LIMIT $3`,
      [workspace, before?.[0] ?? null, limit + 1],
    );
    return pageOf(rows, limit, byId, (row) => [row.id], showDeadLetter);
  }
}

function showDeadLetter({ id, topic, partition, offset, createdAt, ...rest }: DeadLetterRow): DeadLetterDto {
  return {
    id: String(id),
    position: formatPosition({ topic, partition, offset }),
    createdAt: new Date(createdAt).toISOString(),
    ...rest,
  };
}
