import { BACKLOG_ITEM_TRIAGED, eventsThatMean, TOPICS, type CatalogEvent, type Meaning } from '@app/catalog';
import type { AnyReadModel, Projection } from '@app/engine';
import {
  Answer,
  Experience,
  experiences,
  feedback,
  FeedbackItem,
  Jimer,
  jimers,
  Journey,
  journeys,
  surveys,
  Task,
} from '@app/projections';

/** Rows that can be explained, and where the events behind each are listed. */
export interface Subject {
  readonly projection: Projection<CatalogEvent>;
  readonly table: AnyReadModel;
  /** What a row is called. */
  readonly what: string;
  /** The row of several in a workspace, as an order of SQL over `r`; where the key is given in part. */
  readonly first?: string;
  /**
   * SQL of the events behind the row `r` that its person's timeline lists, and of those that a history of the row's own
   * projection lists: id, at, kind, topic and position of each.
   */
  readonly timeline: string;
  readonly history?: string;
  /** Whose row it is, as SQL over `r`; null: nobody's. */
  readonly person: string | null;
}

const ENGAGED = `'${TOPICS.engagement}'`;
const SUBMITTED = `'${TOPICS.feedback}'`;

const kinds = (...meanings: readonly Meaning[]): string =>
  eventsThatMean(...meanings)
    .map((name) => `'${name}'`)
    .join(', ');

const timelineOf = (more = ''): string =>
  `SELECT t.event_id AS id, t.occurred_at AS at, t.kind, t.position,
          CASE WHEN t.kind IN (${kinds('submission')}) THEN ${SUBMITTED} ELSE ${ENGAGED} END AS topic
     FROM read_models.touch AS t WHERE t.workspace = r.workspace AND t.jimer_uid = r.jimer_uid${more}`;

const ON_THE_EXPERIENCE = ' AND t.experience_uid = r.experience_uid';
const PERSON = 'r.jimer_uid';

export const JIMER: Subject = {
  ...{ projection: jimers, table: Jimer, what: 'jimer', person: PERSON },
  timeline: timelineOf(),
};

export const JOURNEY: Subject = {
  ...{ projection: journeys, table: Journey, what: 'journey', person: PERSON },
  timeline: timelineOf(ON_THE_EXPERIENCE),
};

export const TASK: Subject = {
  ...{ projection: journeys, table: Task, what: 'task', person: PERSON },
  timeline: timelineOf(`${ON_THE_EXPERIENCE} AND t.kind IN (${kinds('task completion', 'task skip')})`),
};

export const ANSWER: Subject = {
  ...{ projection: surveys, table: Answer, what: 'answer', person: PERSON },
  first: 'r.value_time DESC NULLS LAST, r.survey_uid',
  timeline: timelineOf(`${ON_THE_EXPERIENCE} AND t.kind IN (${kinds('answer')})`),
};

export const FEEDBACK: Subject = {
  ...{ projection: feedback, table: FeedbackItem, what: 'feedback item', person: PERSON },
  first: 'r.version DESC NULLS LAST, r.created_at DESC NULLS LAST, r.jimer_uid DESC',
  timeline: timelineOf(` AND t.kind IN (${kinds('submission')})`),
  history: `SELECT c.change_event_id AS id, c.change_time AS at, '${BACKLOG_ITEM_TRIAGED}' AS kind, c.position,
                   ${SUBMITTED} AS topic
              FROM read_models.feedback_change AS c
             WHERE c.workspace = r.workspace AND c.request_uid = r.request_uid AND c.jimer_uid = r.jimer_uid`,
};

const STAMPS = Experience.groups.map(
  ({ time, event }) => [`r.${time.sqlName}`, `r.${event.sqlName}`] as const,
);
const stampTimes = STAMPS.map(([time]) => time).join(', ');
const stampIds = STAMPS.map(([, id]) => id).join(', ');

export const EXPERIENCE: Subject = {
  ...{ projection: experiences, table: Experience, what: 'experience', person: null },
  // What end users did carries snapshots as well: the stamps say which of it decided a column.
  timeline: `SELECT t.event_id AS id, t.occurred_at AS at, t.kind, t.position, ${ENGAGED} AS topic
     FROM read_models.journey AS j JOIN read_models.touch AS t
       ON t.workspace = j.workspace AND t.jimer_uid = j.jimer_uid
      AND t.occurred_at IN (${stampTimes}) AND t.event_id IN (${stampIds})
    WHERE j.workspace = r.workspace AND j.experience_uid = r.experience_uid
      AND NOT EXISTS (SELECT FROM engine.erasure AS e WHERE e.workspace = j.workspace AND e.jimer_uid = j.jimer_uid)
      AND j.last_event_at >= LEAST(${stampTimes}) AND j.first_seen_at <= GREATEST(${stampTimes})`,
  history: `SELECT l.event_id AS id, l.occurred_at AS at, l.kind, l.position, '${TOPICS.lifecycle}' AS topic
              FROM read_models.lifecycle_event AS l
             WHERE l.workspace = r.workspace AND l.experience_uid = r.experience_uid`,
};
