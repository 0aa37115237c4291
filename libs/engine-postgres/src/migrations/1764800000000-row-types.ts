import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Merges take rows of a type that has the declared columns alone (`rowTypeOf`): existing tables gain theirs. */
export class RowTypes1764800000000 implements MigrationInterface {
  name = 'RowTypes1764800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $types$ DECLARE creation text; BEGIN
        FOR creation IN
          SELECT format('CREATE TYPE %I.%I AS (%s)', n.nspname, c.relname || '$row', string_agg(
                   format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)
                     || CASE WHEN a.attcollation = 'pg_catalog."C"'::regcollation THEN ' COLLATE "C"' ELSE '' END),
                   ', ' ORDER BY a.attnum))
            FROM engine.generation AS g JOIN pg_namespace AS n ON n.nspname = g.schema_name
            JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind = 'r'
            JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           WHERE a.attgenerated = '' AND a.attname NOT IN ('shard', 'changed_at')
             AND to_regtype(format('%I.%I', n.nspname, c.relname || '$row')) IS NULL
           GROUP BY n.nspname, c.relname
        LOOP EXECUTE creation; END LOOP;
      END $types$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $types$ DECLARE dropped text; BEGIN
        FOR dropped IN
          SELECT format('DROP TYPE %I.%I', n.nspname, c.relname)
            FROM engine.generation AS g JOIN pg_namespace AS n ON n.nspname = g.schema_name
            JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relkind = 'c' AND c.relname LIKE '%$row'
        LOOP EXECUTE dropped; END LOOP;
      END $types$`);
  }
}
