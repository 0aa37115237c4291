import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The letters of a person are found without a look at all others. */
export class Mentions1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX dead_letter_mentions ON engine.dead_letter USING gin (mentions)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX engine.dead_letter_mentions');
  }
}
