import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CREATE_READER_ROLE } from '../roles/readers';

/** A role for tools that read the stable views. It stays when this is undone: other databases may have it too. */
export class ReaderRole1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREATE_READER_ROLE);
  }

  async down(): Promise<void> {
    // Nothing of it is in this database but grants, which go with their views.
  }
}
