import { KnownTask } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ReadDatabase } from '../common/database/read-database';
import type { ExportColumn } from '../common/exports/exported';
import { cursorKind, cursorText } from '../common/parameters/cursor';
import { pageOf, type Page, type PageQuery } from '../common/parameters/page';
import { pick } from '../read-models/columns';
import { pageSchema } from '../read-models/schemas';

const TASK = pick(KnownTask, 'uid', 'name');

/** A task of a checklist over all end users. */
export class KnownTaskDto extends TASK.Dto {
  @ApiProperty({ type: 'integer', description: 'End users whose newest event on it is a completion.' })
  completed!: number;
  @ApiProperty({ type: 'integer', description: 'End users whose newest event on it is a skip.' })
  skipped!: number;
}

export class KnownTaskPageDto extends pageSchema(KnownTaskDto) {}

export const TASK_COLUMNS: readonly ExportColumn<KnownTaskDto>[] = [...TASK.names, 'completed', 'skipped'];

const byUid = cursorKind<[string]>('tasks', cursorText);

/** The tasks of checklists, as far as events have named them. */
@Injectable()
export class TasksQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** In order of uid. */
  async list(
    workspace: string,
    experienceUid: string,
    { limit, cursor }: PageQuery,
  ): Promise<Page<KnownTaskDto>> {
    const rows = await this.database.planned<KnownTaskDto>(
      `SELECT ${TASK.select('k')},
              COALESCE(c.completed, 0)::bigint AS completed, COALESCE(c.skipped, 0)::bigint AS skipped
         FROM read_models.known_task AS k
         LEFT JOIN read_models.task_counts AS c USING (workspace, experience_uid, task_uid)
        WHERE k.workspace = $1 AND k.experience_uid = $2 AND ($3::text IS NULL OR k.task_uid > $3)
        ORDER BY k.task_uid LIMIT $4`,
      [workspace, experienceUid, byUid.decode(cursor)?.[0] ?? null, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      byUid,
      ({ uid }) => [uid],
      (row) => row,
    );
  }
}
