import { setTimeout as sleep } from 'node:timers/promises';
import { CannotRollBack, rollBack, sqlState } from '@app/engine-postgres';
import { unavailable } from '@app/platform';
import type { CommandDatabase } from '../../common/database/command-database';
import { conflict } from '../../common/http/read-controller';
import type { declared } from './projections.queries';

const INSUFFICIENT_PRIVILEGE = '42501';

const PATIENCE_MS = 20_000;

const LOOK_MS = 100;

const RETRY_AFTER_S = 5;

/**
 * Lets readers see the generation before. Where the database gives this API no right to that, a projector, whose
 * views they are, is asked to do it.
 *
 * @throws {Problem} 409 when there is nothing to go back to, 503 when no projector does it
 */
export async function rollBackOrAsk(
  commands: CommandDatabase,
  projection: ReturnType<typeof declared>,
  by: string,
): Promise<void> {
  try {
    await rollBack(commands.pool, projection.name);
  } catch (error) {
    if (error instanceof CannotRollBack) throw conflict(error.message);
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    await ask(commands, projection, by);
  }
}

async function ask(
  { jobs }: CommandDatabase,
  projection: ReturnType<typeof declared>,
  by: string,
): Promise<void> {
  const { job: asked } = await jobs.request(projection, 'rollback', by);
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(LOOK_MS)) {
    const job = await jobs.get(asked.id);
    if (job?.state === 'succeeded' && job.outcome?.['rolledBack'] === true) return;
    if (job?.finishedAt) {
      const reason = job.outcome?.['reason'];
      throw conflict(typeof reason === 'string' ? reason : `The roll-back has ${job.state}.`);
    }
  }
  await jobs.cancel(asked.id);
  throw unavailable('No projector of the projection did it in time.', RETRY_AFTER_S);
}
