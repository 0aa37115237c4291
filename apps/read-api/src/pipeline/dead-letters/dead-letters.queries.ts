import type { DeadLetterState } from '@app/engine-postgres';
import { formatPosition } from '@app/engine';
import { notFound } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../../common/database/read-database';
import { cursorInteger, cursorKind } from '../../common/parameters/cursor';
import { pageOf, type Page } from '../../common/parameters/page';
import type { DeadLetterDto, DeadLettersQuery } from './dead-letters.dto';

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
  readonly state: DeadLetterState;
  readonly attempts: number;
  readonly resolvedAt: number | null;
  readonly resolution: string | null;
}

/** What a replay has to know of a letter. */
export interface LetterToReplay {
  readonly id: string;
  readonly projection: string;
  /** Of the generation that it is in: only code of this version can apply it there. */
  readonly version: number;
  readonly state: DeadLetterState;
}

const byId = cursorKind<[number]>('dead-letters', cursorInteger);

/**
 * Of the generations that serve, in the workspace that the token reaches: those of no known workspace are for
 * tokens for all.
 */
const REACHED = `engine.dead_letter AS d JOIN engine.generation AS g ON g.id = d.generation_id
  WHERE g.state = 'active' AND ($1::text IS NULL OR d.workspace = $1)`;
const COLUMNS = `d.id, g.projection, g.id AS "generation", d.topic, d.partition, d.record_offset AS "offset",
  d.workspace, d.event_id AS "eventId", d.event_name AS "event", d.reason, d.created_at AS "createdAt",
  d.state, d.attempts, d.resolved_at AS "resolvedAt", d.resolution`;

@Injectable()
export class DeadLettersQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest first. */
  async list(workspace: string | null, query: DeadLettersQuery): Promise<Page<DeadLetterDto>> {
    const { limit, cursor, state, projection } = query;
    const before = byId.decode(cursor);
    const rows = await this.database.query<DeadLetterRow>(
      `SELECT ${COLUMNS} FROM ${REACHED}
          AND d.state = $2
          AND ($3::text IS NULL OR g.projection = $3)
          AND ($4::bigint IS NULL OR d.id < $4)
        ORDER BY d.id DESC LIMIT $5`,
      [workspace, state, projection ?? null, before?.[0] ?? null, limit + 1],
    );
    return pageOf(rows, limit, byId, (row) => [row.id], showDeadLetter);
  }

  /** @throws {Problem} 404 */
  async get(workspace: string | null, id: string): Promise<DeadLetterDto> {
    const [row] = await this.database.query<DeadLetterRow>(
      `SELECT ${COLUMNS} FROM ${REACHED} AND d.id = $2`,
      [workspace, id],
    );
    if (!row) throw notFound('There is no dead letter of this id in a generation that serves.');
    return showDeadLetter(row);
  }

  /** Those of the ids, whatever their state; without ids all open ones. */
  async toReplay(
    workspace: string | null,
    projection: string | null,
    ids: readonly string[] | null,
  ): Promise<LetterToReplay[]> {
    return this.database.query<LetterToReplay>(
      `SELECT d.id::text, g.projection, g.version, d.state FROM ${REACHED}
          AND ($2::text IS NULL OR g.projection = $2)
          AND CASE WHEN $3::bigint[] IS NULL THEN d.state = 'set-aside' ELSE d.id = ANY($3) END
        ORDER BY d.id`,
      [workspace, projection, ids],
    );
  }
}

function showDeadLetter(row: DeadLetterRow): DeadLetterDto {
  const { id, topic, partition, offset, createdAt, resolvedAt, ...rest } = row;
  return {
    id: String(id),
    position: formatPosition({ topic, partition, offset }),
    createdAt: new Date(createdAt).toISOString(),
    resolvedAt: resolvedAt === null ? null : new Date(resolvedAt).toISOString(),
    ...rest,
  };
}
