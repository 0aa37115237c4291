import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Persons who are forgotten for good, with what is left of their records in the engine's own tables. */
export class Erasure1764350000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE engine.generation ADD COLUMN erasures integer NOT NULL DEFAULT 0');
    await runner.query('ALTER TABLE engine.checkpoint ADD COLUMN skipped_erased bigint NOT NULL DEFAULT 0');
    await runner.query(`ALTER TABLE engine.dead_letter ADD COLUMN mentions uuid[] NOT NULL DEFAULT '{}'`);
    const comments: readonly (readonly [string, string])[] = [
      [
        'COLUMN engine.generation.erasures',
        'How often the table of those who are erased has grown: whoever writes has to know it as it is.',
      ],
      [
        'COLUMN engine.checkpoint.skipped_erased',
        'Records of persons who were erased before: passed over, but for what they tell of an experience.',
      ],
      ['COLUMN engine.dead_letter.mentions', 'Every UUID in the record, so that it goes with the person.'],
    ];
    for (const [object, comment] of comments) await runner.query(`COMMENT ON ${object} IS '${comment}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE engine.dead_letter DROP COLUMN mentions');
    await runner.query('ALTER TABLE engine.checkpoint DROP COLUMN skipped_erased');
    await runner.query('ALTER TABLE engine.generation DROP COLUMN erasures');
  }
}
