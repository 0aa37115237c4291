import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The engine's own tables. Read models are not migrated: they are built anew, one schema per generation. */
export class EngineTables1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE engine.generation (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        projection text NOT NULL,
        version integer NOT NULL,
        fingerprint text NOT NULL,
        schema_name text NOT NULL UNIQUE,
        topics text[] NOT NULL,
        state text NOT NULL CHECK (state IN ('building', 'active', 'retired')),
        created_at timestamptz NOT NULL DEFAULT now(),
        activated_at timestamptz
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX generation_one_active ON engine.generation (projection) WHERE state = 'active'`,
    );
    await runner.query(`
      CREATE TABLE engine.checkpoint (
        generation_id integer NOT NULL REFERENCES engine.generation ON DELETE CASCADE,
        topic text NOT NULL,
        partition integer NOT NULL,
        next_offset bigint NOT NULL DEFAULT 0,
        applied bigint NOT NULL DEFAULT 0,
        skipped_no_handler bigint NOT NULL DEFAULT 0,
        skipped_tombstone bigint NOT NULL DEFAULT 0,
        dead_lettered bigint NOT NULL DEFAULT 0,
        gaps bigint NOT NULL DEFAULT 0,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (generation_id, topic, partition)
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE engine.dead_letter (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        generation_id integer NOT NULL REFERENCES engine.generation ON DELETE CASCADE,
        topic text NOT NULL,
        partition integer NOT NULL,
        record_offset bigint NOT NULL,
        record_key text NOT NULL,
        workspace text,
        event_id uuid,
        event_name text,
        reason text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (generation_id, topic, partition, record_offset)
      )`);
    await runner.query(`
      CREATE TABLE engine.assignment (
        projection text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        consumer_group text NOT NULL,
        instance text NOT NULL,
        heartbeat_at timestamptz NOT NULL,
        PRIMARY KEY (projection, topic, partition)
      ) WITH (fillfactor = 50)`);
    const comments: readonly (readonly [string, string])[] = [
      [
        'TABLE engine.generation',
        'Builds of projections, each in a schema of its own; the stable views show the active one.',
      ],
      [
        'TABLE engine.checkpoint',
        'Per generation and partition: the next offset to read, and an account of every offset before it.',
      ],
      ['TABLE engine.dead_letter', 'Records that a projection could not apply, with coordinates and reason.'],
      [
        'TABLE engine.assignment',
        'Which projector instance holds which partition; stale without a recent heartbeat.',
      ],
    ];
    for (const [object, comment] of comments) await runner.query(`COMMENT ON ${object} IS '${comment}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE engine.assignment, engine.dead_letter, engine.checkpoint, engine.generation',
    );
  }
}
