import type { RowOf } from '@app/engine';
import { StoredJson } from '@app/platform';
import type { Experience } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../database/read-database';
import { cursorKind, cursorText, cursorUuid } from '../paging/cursor';
import { pageOf, type Page } from '../paging/page';
import { isoTimeOrNull } from '../rows/times';
import { composed, holds } from '../sql/search';
import { limitTo, Parameters, whereAll } from '../sql/statement';
import type { ExperienceDto, ExperiencesQuery, ExperienceStatus, UserDto } from './experiences.dto';

interface Derived {
  readonly status: ExperienceStatus;
}

type ExperienceRow = RowOf<typeof Experience> & Derived;

const byUid = cursorKind<[string, string]>('experiences', cursorText, cursorUuid);

const COLUMNS = `e.workspace, e.experience_uid AS "experienceUid", e.title, e.type, e.status, e.state,
  e.is_draft AS "isDraft", e.created_at AS "createdAt", e.published_at AS "publishedAt", e.expires_at AS "expiresAt",
  e.trigger_type AS "triggerType", e.recurrency_type AS "recurrencyType", e.recurrency_value AS "recurrencyValue",
  e.tags, e.first_published_at AS "firstPublishedAt", e.deleted_at AS "deletedAt",
  e.changed_by_uid AS "changedByUid", e.changed_by_email AS "changedByEmail",
  e.changed_by_first_name AS "changedByFirstName", e.changed_by_last_name AS "changedByLastName"`;

const fromExperiences = (parameters: Parameters, uid: string, workspace: string | null): string =>
  `FROM read_models.experience AS e ${whereAll([
    `e.experience_uid = ${parameters.add(uid)}`,
    ...parameters.inWorkspace('e', workspace),
  ])} LIMIT 2`;

// Tags are whatever was sent under that name: only what looks like [{ uid, name }] can be found.
const hasTag = (tag: string): string => `EXISTS (
  SELECT FROM json_array_elements(CASE WHEN json_typeof(e.tags) = 'array' THEN e.tags ELSE '[]' END) AS item(tag)
  WHERE json_typeof(tag) = 'object' AND ${tag} IN (${composed("tag ->> 'uid'")}, ${composed("tag ->> 'name'")}))`;

@Injectable()
export class ExperiencesQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** In order of workspace and uid, deleted ones included unless filtered. */
  async list(workspace: string | null, query: ExperiencesQuery): Promise<Page<ExperienceDto>> {
    const { limit, cursor, type, status, tag, q } = query;
    const parameters = new Parameters();
    const conditions = parameters.inWorkspace('e', workspace);
    const after = byUid.decode(cursor);
    if (after)
      conditions.push(
        `(e.workspace, e.experience_uid) > (${parameters.add(after[0])}, ${parameters.add(after[1])})`,
      );
    if (type !== undefined) conditions.push(`e.type = ${parameters.add(type)}`);
    if (status !== undefined) conditions.push(`e.status = ${parameters.add(status)}`);
    if (tag !== undefined) conditions.push(hasTag(parameters.add(tag)));
    if (q !== undefined) conditions.push(holds('e.title', parameters.add(q)));
    const found = await this.database.planned<ExperienceRow>(
      `SELECT ${COLUMNS} FROM read_models.experience AS e ${whereAll(conditions)}
        ORDER BY e.workspace, e.experience_uid ${limitTo(limit, parameters)}`,
      parameters.values,
    );
    return pageOf(found, limit, byUid, (row) => [row.workspace, row.experienceUid], showExperience);
  }

  /** The experience in each workspace that knows it; at most two are given. */
  async find(uid: string, workspace: string | null): Promise<ExperienceDto[]> {
    const parameters = new Parameters();
    const rows = await this.database.planned<ExperienceRow>(
      `SELECT ${COLUMNS} ${fromExperiences(parameters, uid, workspace)}`,
      parameters.values,
    );
    return rows.map(showExperience);
  }

  /** Those that are known of some, in any order; others of their workspaces with the same uids may be among them. */
  async several(
    places: readonly { readonly workspace: string; readonly experienceUid: string }[],
  ): Promise<ExperienceDto[]> {
    if (places.length === 0) return [];
    const distinct = (field: 'workspace' | 'experienceUid') => [
      ...new Set(places.map((place) => place[field])),
    ];
    const rows = await this.database.planned<ExperienceRow>(
      `SELECT ${COLUMNS} FROM read_models.experience AS e
        WHERE e.workspace = ANY($1) AND e.experience_uid = ANY($2)`,
      [distinct('workspace'), distinct('experienceUid')],
    );
    return rows.map(showExperience);
  }
}

export function showUser(
  uid: string | null,
  email: string | null,
  firstName: string | null,
  lastName: string | null,
): UserDto | null {
  const user = { uid, email, firstName, lastName };
  return Object.values(user).every((value) => value === null) ? null : user;
}

function showExperience(row: ExperienceRow): ExperienceDto {
  return {
    uid: row.experienceUid,
    workspace: row.workspace,
    title: row.title,
    type: row.type,
    status: row.status,
    state: row.state,
    isDraft: row.isDraft,
    createdAt: isoTimeOrNull(row.createdAt),
    publishedAt: isoTimeOrNull(row.publishedAt),
    expiresAt: isoTimeOrNull(row.expiresAt),
    triggerType: row.triggerType,
    recurrencyType: row.recurrencyType,
    recurrencyValue: StoredJson.orNull(row.recurrencyValue),
    tags: StoredJson.orNull(row.tags),
    firstPublishedAt: isoTimeOrNull(row.firstPublishedAt),
    deletedAt: isoTimeOrNull(row.deletedAt),
    lastChangedBy: showUser(
      row.changedByUid,
      row.changedByEmail,
      row.changedByFirstName,
      row.changedByLastName,
    ),
  };
}
