import { JOURNEY_STATES } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { limitTo, Parameters } from '../common/database/statement';
import { cursorKind, cursorUuid } from '../common/parameters/cursor';
import { durationOf } from '../common/parameters/duration';
import { pageOf, type Page } from '../common/parameters/page';
import { MOST_COUNTED, STATE, type ExperienceJimersQuery, type JimersSummaryDto } from './jimers.dto';

type JimerState = InstanceType<typeof STATE.Dto> & { readonly jimerUid: string };

const byJimer = cursorKind<[string]>('experience-jimers', cursorUuid);

@Injectable()
export class ExperienceJimersQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** In order of jimer uid, which stays while states change: whoever goes through all pages misses nobody. */
  async list(
    workspace: string,
    experienceUid: string,
    { state, olderThan, limit, cursor }: ExperienceJimersQuery,
  ): Promise<Page<JimerState>> {
    const parameters = new Parameters();
    const of = `j.workspace = ${parameters.add(workspace)} AND j.experience_uid = ${parameters.add(experienceUid)}`;
    const after = byJimer.decode(cursor);
    const further = after ? `AND j.jimer_uid > ${parameters.add(after[0])}` : '';
    const stuck =
      olderThan === undefined
        ? ''
        : `AND j.in_state_since < ${parameters.add(new Date(Date.now() - durationOf(olderThan)!))}`;
    const limited = `ORDER BY "jimerUid" ${limitTo(limit, parameters)}`;
    // The index is in order of state, then of uid: the first of each state, merged.
    const parts = (state === undefined ? JOURNEY_STATES : [state]).map(
      (each) => `(SELECT j.jimer_uid AS "jimerUid", ${STATE.select('j')} FROM read_models.journey AS j
         WHERE ${of} AND j.state = '${each}' ${further} ${stuck} ${limited})`,
    );
    const rows = await this.database.planned<{ readonly jimerUid: string }>(
      `SELECT * FROM (${parts.join(' UNION ALL ')}) AS first ${limited}`,
      parameters.values,
    );
    return pageOf(
      rows,
      limit,
      byJimer,
      (row) => [row.jimerUid],
      (row) => ({ jimerUid: row.jimerUid, ...STATE.show(row) }),
    );
  }

  /** How many there are in each state, `MOST_COUNTED` at most. */
  async countsByState(workspace: string, experienceUid: string): Promise<JimersSummaryDto> {
    const counts = JOURNEY_STATES.map(
      (state) => `(SELECT count(*)::integer
         FROM (SELECT FROM read_models.journey AS j
                WHERE j.workspace = $1 AND j.experience_uid = $2 AND j.state = '${state}'
                LIMIT ${MOST_COUNTED}) AS counted) AS ${state}`,
    );
    const [row] = await this.database.planned<JimersSummaryDto>(`SELECT ${counts.join(', ')}`, [
      workspace,
      experienceUid,
    ]);
    return row!;
  }
}
