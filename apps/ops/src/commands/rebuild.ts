import { doJob, projectionNamed } from './jobs';
import { outcomeOf } from './outcome';
import { progressLine, say } from './output';

/**
 * Builds a new generation of a projection from the log and activates it.
 * @returns the exit code: 0 once it is active, 1 otherwise
 */
export async function rebuild(name: string, options: { readonly dataDir: string }): Promise<number> {
  const projection = projectionNamed(name);
  const job = await doJob(projection, 'rebuild', {
    ...options,
    tell: ({ progress }) => say(`${name}: ${progressLine(progress!)}`),
  });
  if (job.state !== 'succeeded') {
    say(`${name}: the rebuild ${job.state === 'cancelled' ? 'was cancelled' : outcomeOf(job)}`);
    return 1;
  }
  process.stdout.write(`${name}: ${outcomeOf(job)}\n`);
  return 0;
}
