import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every table of a generation says when a row was last written: those that were made without that gain it. */
export class ChangedAt1764700000000 implements MigrationInterface {
  name = 'ChangedAt1764700000000';

  async up(runner: QueryRunner): Promise<void> {
    // Postgres keeps the value beside the table, so that no row is written for it.
    await this.eachTable(runner, 'ADD COLUMN IF NOT EXISTS changed_at timestamptz NOT NULL DEFAULT now()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await this.eachTable(runner, 'DROP COLUMN IF EXISTS changed_at CASCADE');
  }

  private async eachTable(runner: QueryRunner, change: string): Promise<void> {
    await runner.query(`
      DO $tables$ DECLARE altered text; BEGIN
        FOR altered IN
          SELECT format('%I.%I', n.nspname, c.relname)
            FROM engine.generation AS g JOIN pg_namespace AS n ON n.nspname = g.schema_name
            JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind = 'r'
        LOOP EXECUTE 'ALTER TABLE ' || altered || ' ${change}'; END LOOP;
      END $tables$`);
  }
}
