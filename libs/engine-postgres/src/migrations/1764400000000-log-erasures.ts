import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is to be taken from the log, and how far that is. */
export class LogErasures1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE engine.job DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK (kind IN ('rebuild', 'verify', 'replay', 'erase'))`);
    await runner.query(`
      CREATE TABLE engine.erasure (
        workspace text NOT NULL,
        jimer_uid uuid NOT NULL,
        erased_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now()),
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL DEFAULT date_trunc('milliseconds', now()),
        cleared_at timestamptz,
        records bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (workspace, jimer_uid)
      )`);
    await runner.query(`
      CREATE TABLE engine.erasure_partition (
        topic text NOT NULL,
        partition integer NOT NULL,
        swept_to bigint NOT NULL,
        tombstoned_at timestamptz,
        PRIMARY KEY (topic, partition)
      )`);
    const comments: readonly (readonly [string, string])[] = [
      [
        'TABLE engine.erasure',
        'Jimers who are erased for good: what of them still comes is taken from the log, too.',
      ],
      ['COLUMN engine.erasure.erased_at', 'The time of the event jimer.erased.'],
      ['COLUMN engine.erasure.requested_at', 'When it was asked for last.'],
      [
        'COLUMN engine.erasure.cleared_at',
        'When it was asked for, as of the last time that all of the log was gone through.',
      ],
      ['COLUMN engine.erasure.records', 'Tombstones that were written for records of the jimer.'],
      [
        'TABLE engine.erasure_partition',
        'Partitions of the log as far as they were gone through for those who are erased.',
      ],
      ['COLUMN engine.erasure_partition.swept_to', 'Up to this offset nothing is left without a tombstone.'],
      [
        'COLUMN engine.erasure_partition.tombstoned_at',
        'When the last tombstone was written whose record compaction may not have removed yet.',
      ],
    ];
    for (const [object, comment] of comments) await runner.query(`COMMENT ON ${object} IS '${comment}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE engine.erasure_partition, engine.erasure');
    await runner.query(`DELETE FROM engine.job WHERE kind = 'erase'`);
    await runner.query(`
      ALTER TABLE engine.job DROP CONSTRAINT job_kind_check,
        ADD CONSTRAINT job_kind_check CHECK (kind IN ('rebuild', 'verify', 'replay'))`);
  }
}
