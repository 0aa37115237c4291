import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Generations beside each other, work that is done on them, pauses, and dead letters that are resolved. */
export class Builds1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE engine.generation DROP CONSTRAINT generation_state_check,
        ADD CONSTRAINT generation_state_check CHECK
          (state IN ('building', 'catching-up', 'active', 'standby', 'retired', 'cancelled')),
        ADD COLUMN views jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN superseded_at timestamptz,
        ADD COLUMN ended_at timestamptz`);
    await runner.query(`
      CREATE UNIQUE INDEX generation_one_build ON engine.generation (projection)
        WHERE state IN ('building', 'catching-up')`);
    await runner.query('ALTER TABLE engine.checkpoint RENAME COLUMN applied TO changed');
    await runner.query(`
      ALTER TABLE engine.checkpoint
        ADD COLUMN unchanged bigint NOT NULL DEFAULT 0,
        ADD COLUMN last_key integer`);
    await runner.query(`
      CREATE TABLE engine.projection (
        name text PRIMARY KEY,
        paused_at timestamptz,
        paused_reason text
      )`);
    await runner.query(
      'INSERT INTO engine.projection (name) SELECT DISTINCT projection FROM engine.generation',
    );
    await runner.query(`
      ALTER TABLE engine.dead_letter
        ADD COLUMN state text NOT NULL DEFAULT 'set-aside'
          CHECK (state IN ('set-aside', 'replayed', 'discarded')),
        ADD COLUMN attempts integer NOT NULL DEFAULT 1,
        ADD COLUMN resolved_at timestamptz,
        ADD COLUMN resolution text`);
    await runner.query(`
      CREATE TABLE engine.job (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        projection text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('rebuild', 'verify', 'replay')),
        state text NOT NULL DEFAULT 'queued'
          CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
        version integer NOT NULL,
        parameters jsonb NOT NULL DEFAULT '{}',
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL DEFAULT now(),
        cancel_requested_at timestamptz,
        attempt integer NOT NULL DEFAULT 0,
        instance text,
        started_at timestamptz,
        heartbeat_at timestamptz,
        finished_at timestamptz,
        progress jsonb,
        outcome jsonb
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE UNIQUE INDEX job_one_at_a_time ON engine.job (projection, kind)
        WHERE kind <> 'replay' AND state IN ('queued', 'running')`);
    await runner.query('CREATE INDEX job_by_projection ON engine.job (projection, kind, id)');
    await runner.query(`
      CREATE FUNCTION engine.set_union_step(text[], text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT CASE WHEN $1 IS NULL THEN $2 WHEN $2 IS NULL THEN $1 ELSE COALESCE(
          (SELECT array_agg(DISTINCT x COLLATE "C" ORDER BY x COLLATE "C") FROM unnest($1 || $2) AS u (x)), '{}') END
      $$`);
    await runner.query(
      'CREATE AGGREGATE engine.set_union(text[]) (SFUNC = engine.set_union_step, STYPE = text[])',
    );
    const comments: readonly (readonly [string, string])[] = [
      ['TABLE engine.projection', 'Projections that were ever provisioned, and which of them are paused.'],
      [
        'TABLE engine.job',
        'Rebuilds, verifications and replays: asked for, under way and done. Whoever holds the attempt number works on it.',
      ],
      ['COLUMN engine.generation.views', 'What the stable views are while this generation serves.'],
      [
        'COLUMN engine.checkpoint.last_key',
        'CRC-32 of the key of the record before next_offset, to recognise the log.',
      ],
      ['COLUMN engine.checkpoint.changed', 'Applied records that changed a row.'],
      ['COLUMN engine.checkpoint.unchanged', 'Applied records that changed nothing: redeliveries, mostly.'],
    ];
    for (const [object, comment] of comments) await runner.query(`COMMENT ON ${object} IS '${comment}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP AGGREGATE engine.set_union(text[])');
    await runner.query('DROP FUNCTION engine.set_union_step(text[], text[])');
    await runner.query('DROP TABLE engine.job, engine.projection');
    await runner.query(`
      ALTER TABLE engine.dead_letter DROP COLUMN state, DROP COLUMN attempts, DROP COLUMN resolved_at,
        DROP COLUMN resolution`);
    await runner.query('ALTER TABLE engine.checkpoint DROP COLUMN unchanged, DROP COLUMN last_key');
    await runner.query('ALTER TABLE engine.checkpoint RENAME COLUMN changed TO applied');
    await runner.query('DROP INDEX engine.generation_one_build');
    await runner.query(`
      ALTER TABLE engine.generation DROP CONSTRAINT generation_state_check,
        ADD CONSTRAINT generation_state_check CHECK (state IN ('building', 'active', 'retired')),
        DROP COLUMN views, DROP COLUMN superseded_at, DROP COLUMN ended_at`);
  }
}
