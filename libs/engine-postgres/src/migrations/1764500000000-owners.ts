import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose the tables of a projection are, where apps have roles of their own. */
export class Owners1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE engine.projection ADD COLUMN owner name');
    // Who reads only can ask for one.
    await runner.query(`
      ALTER TABLE engine.job DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK (kind IN ('rebuild', 'verify', 'replay', 'erase', 'rollback'))`);
    await runner.query(
      `COMMENT ON COLUMN engine.projection.owner IS
         'The role that its schemas and views are made as; null: whoever makes them.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM engine.job WHERE kind = 'rollback'`);
    await runner.query(`
      ALTER TABLE engine.job DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK (kind IN ('rebuild', 'verify', 'replay', 'erase'))`);
    await runner.query('ALTER TABLE engine.projection DROP COLUMN owner');
  }
}
