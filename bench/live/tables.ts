/**
 * The tables that the contestants other than ours fill: the columns of our journeys and timeline, the key and the
 * index that the read API needs, and a stamp for the newest title.
 */
export const TABLES = [
  `CREATE TABLE journey (
     workspace text COLLATE "C" NOT NULL, jimer_uid uuid NOT NULL, experience_uid uuid NOT NULL,
     title text COLLATE "C", type text COLLATE "C", snapshot_time timestamptz,
     first_seen_at timestamptz, last_event_at timestamptz, started_at timestamptz, last_started_at timestamptz,
     completed_at timestamptz, last_completed_at timestamptz, dismissed_at timestamptz,
     last_dismissed_at timestamptz, liked_at timestamptz,
     state text GENERATED ALWAYS AS (CASE
       WHEN last_completed_at >= coalesce(last_started_at, last_completed_at) THEN 'completed'
       WHEN last_dismissed_at >= coalesce(last_started_at, last_dismissed_at) THEN 'dismissed'
       WHEN last_started_at IS NOT NULL THEN 'started' ELSE 'seen' END) STORED
   ) WITH (fillfactor = 85)`,
  `CREATE TABLE touch (
     workspace text COLLATE "C" NOT NULL, jimer_uid uuid NOT NULL, occurred_at timestamptz NOT NULL,
     event_id uuid NOT NULL, kind text COLLATE "C", experience_uid uuid
   )`,
];

export const JOURNEY_KEY = 'ALTER TABLE journey ADD PRIMARY KEY (workspace, jimer_uid, experience_uid)';
export const TOUCH_KEY = 'ALTER TABLE touch ADD PRIMARY KEY (workspace, jimer_uid, occurred_at, event_id)';
export const BY_EXPERIENCE = 'CREATE INDEX ON journey (workspace, experience_uid, state, jimer_uid)';
export const INDEXES = [JOURNEY_KEY, TOUCH_KEY, BY_EXPERIENCE];

/** Columns of a journey after its key that take the earlier or the later of two times. */
export const EARLIEST = ['first_seen_at', 'started_at', 'completed_at', 'dismissed_at', 'liked_at'];
export const GREATEST = ['last_event_at', 'last_started_at', 'last_completed_at', 'last_dismissed_at'];

/** Merges a row into the one that is there: by time, whichever came first. */
export const MERGE_JOURNEY = `ON CONFLICT (workspace, jimer_uid, experience_uid) DO UPDATE SET
  title = CASE WHEN EXCLUDED.snapshot_time >= t.snapshot_time THEN EXCLUDED.title ELSE t.title END,
  type = CASE WHEN EXCLUDED.snapshot_time >= t.snapshot_time THEN EXCLUDED.type ELSE t.type END,
  snapshot_time = greatest(t.snapshot_time, EXCLUDED.snapshot_time),
  ${[...EARLIEST.map((name) => `${name} = least(t.${name}, EXCLUDED.${name})`), ...GREATEST.map((name) => `${name} = greatest(t.${name}, EXCLUDED.${name})`)].join(', ')}`;
