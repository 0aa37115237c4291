import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Generations that are kept as they were at a time of the log, and jobs that make, verify and repair. */
export class Snapshots1765100000000 implements MigrationInterface {
  name = 'Snapshots1765100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE engine.generation DROP CONSTRAINT generation_state_check,
        ADD CONSTRAINT generation_state_check CHECK (state IN ('building', 'catching-up', 'active', 'standby',
          'snapshot-building', 'snapshot-checking', 'snapshot', 'retired', 'cancelled')),
        ADD COLUMN snapshot text,
        ADD COLUMN until timestamptz,
        ADD COLUMN note text,
        ADD COLUMN requested_by text,
        ADD COLUMN forgetting jsonb,
        ADD COLUMN verified jsonb,
        ADD COLUMN drop_requested_at timestamptz,
        ADD COLUMN drop_requested_by text`);
    await runner.query(`
      CREATE UNIQUE INDEX generation_one_snapshot ON engine.generation (projection, snapshot)
        WHERE state = 'snapshot' AND drop_requested_at IS NULL`);
    await runner.query(`
      CREATE TABLE engine.snapshot_digest (
        generation_id integer NOT NULL REFERENCES engine.generation ON DELETE CASCADE,
        relation text NOT NULL,
        rows bigint NOT NULL,
        sum numeric NOT NULL,
        PRIMARY KEY (generation_id, relation)
      )`);
    await runner.query(`
      ALTER TABLE engine.job DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK
          (kind IN ('rebuild', 'verify', 'replay', 'erase', 'rollback', 'snapshot', 'verify-snapshot', 'repair'))`);
    // Who may work on generations and who may read them may do so here, too.
    await runner.query(`
      DO $grant$ DECLARE each record; BEGIN
        FOR each IN SELECT grantee, privilege_type AS may FROM information_schema.role_table_grants
          WHERE table_schema = 'engine' AND table_name = 'generation' AND grantee <> CURRENT_USER
            AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
        LOOP EXECUTE format('GRANT %s ON engine.snapshot_digest TO %I', each.may, each.grantee); END LOOP;
      END $grant$`);
    const comments: readonly (readonly [string, string])[] = [
      ['COLUMN engine.generation.snapshot', 'The name of a snapshot; null: it is none.'],
      ['COLUMN engine.generation.until', 'The time of the log up to which the records of a snapshot reach.'],
      [
        'COLUMN engine.generation.forgetting',
        'Statements that take a person out of a snapshot, whichever code made it.',
      ],
      [
        'COLUMN engine.generation.verified',
        'What came of comparing a snapshot with the log when it was made.',
      ],
      [
        'TABLE engine.snapshot_digest',
        'What the rows of a snapshot came to when it was made, less those of persons who were erased since.',
      ],
    ];
    for (const [object, comment] of comments) await runner.query(`COMMENT ON ${object} IS '${comment}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE engine.snapshot_digest');
    await runner.query(`DELETE FROM engine.generation WHERE snapshot IS NOT NULL`);
    await runner.query(`DELETE FROM engine.job WHERE kind IN ('snapshot', 'verify-snapshot', 'repair')`);
    await runner.query('DROP INDEX engine.generation_one_snapshot');
    await runner.query(`
      ALTER TABLE engine.generation DROP CONSTRAINT generation_state_check,
        ADD CONSTRAINT generation_state_check CHECK
          (state IN ('building', 'catching-up', 'active', 'standby', 'retired', 'cancelled')),
        DROP COLUMN snapshot, DROP COLUMN until, DROP COLUMN note, DROP COLUMN requested_by,
        DROP COLUMN forgetting, DROP COLUMN verified, DROP COLUMN drop_requested_at, DROP COLUMN drop_requested_by`);
    await runner.query(`
      ALTER TABLE engine.job DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK (kind IN ('rebuild', 'verify', 'replay', 'erase', 'rollback'))`);
  }
}
