import type { Job } from '@app/engine-postgres';
import { Problem, type FieldProblem, type ReadGrant } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { callerOf } from '../../access/access';
import { CommandDatabase } from '../../common/database/command-database';
import { conflict } from '../../common/http/read-controller';
import type { DeadLetterDto, ReplayDto } from './dead-letters.dto';
import { DeadLettersQueries, type LetterToReplay } from './dead-letters.queries';

/** Replays and discards; each acts on the letters of the workspace that the request is limited to. */
@Injectable()
export class DeadLettersCommands {
  constructor(
    private readonly commands: CommandDatabase,
    private readonly letters: DeadLettersQueries,
  ) {}

  /** @throws {Problem} 404 for an unknown one, 409 for one that is no longer open */
  async replayOne(workspace: string | null, id: string, grant: ReadGrant): Promise<Job> {
    assertOpen(await this.letters.get(workspace, id));
    const [job] = await this.replay(workspace, { ids: [id] }, grant);
    return job!;
  }

  /**
   * Asks for one job per projection concerned.
   *
   * @throws {Problem} 404 naming the ids that are unknown, 409 those that are no longer open: then
   * nothing is asked for
   */
  async replay(
    workspace: string | null,
    { projection = null, ids = null }: { projection?: string | null; ids?: ReplayDto['ids'] | null },
    grant: ReadGrant,
  ): Promise<readonly Job[]> {
    const letters = await this.letters.toReplay(workspace, projection, ids);
    if (ids) assertAllOpen(ids, letters);
    const all = ids === null && workspace === null;
    const jobs: Job[] = [];
    for (const [name, own] of Map.groupBy(letters, (letter) => letter.projection)) {
      const { job } = await this.commands.jobs.request(
        { name, version: own[0]!.version },
        'replay',
        callerOf(grant),
        all ? {} : { ids: own.map(({ id }) => id) },
      );
      jobs.push(job);
    }
    return jobs;
  }

  /** @throws {Problem} 404 for an unknown one, 409 for one that is no longer open */
  async discard(workspace: string | null, id: string, reason: string): Promise<DeadLetterDto> {
    assertOpen(await this.letters.get(workspace, id));
    const discarded = await this.commands.deadLetters.discard([id], reason, workspace);
    const letter = await this.letters.get(workspace, id);
    // Somebody else may have been at it in between.
    if (discarded === 0) assertOpen(letter);
    return letter;
  }
}

function assertOpen({ state, resolvedAt }: DeadLetterDto): void {
  if (state !== 'set-aside') throw conflict(`The dead letter was ${state} at ${resolvedAt}.`);
}

function assertAllOpen(ids: readonly string[], letters: readonly LetterToReplay[]): void {
  const known = new Map(letters.map((letter) => [letter.id, letter.state]));
  const problemsOf = (is: (state: string | undefined) => boolean, message: (state?: string) => string) =>
    ids.flatMap((id, i): FieldProblem[] =>
      is(known.get(id)) ? [{ path: `ids.${i}`, message: message(known.get(id)) }] : [],
    );
  const unknown = problemsOf(
    (state) => state === undefined,
    () => 'is not a dead letter of an active generation',
  );
  if (unknown.length > 0)
    throw new Problem(404, { detail: 'Some of the dead letters are unknown.', problems: unknown });
  const resolved = problemsOf(
    (state) => state !== 'set-aside',
    (state) => `was ${state} before`,
  );
  if (resolved.length > 0) throw conflict('Some of the dead letters are no longer open.', resolved);
}
