import type { Command } from 'commander';

import { dataDirOption } from './start/start-settings';

/** `ops jobs`: rebuilds, verifications, replays, rollbacks and erasures. */
export function addJobCommands(program: Command): void {
  const jobs = program
    .command('jobs')
    .description('list, show and cancel jobs: rebuilds, verifications, replays, rollbacks, erasures');
  jobs
    .command('list', { isDefault: true })
    .description('the jobs that are under way, and the last that ended')
    .addOption(dataDirOption())
    .option('--json', 'for a program to read', false)
    .action(async (options: { dataDir: string; json: boolean }) => {
      process.exitCode = await (await import('./commands/manage-jobs.js')).listJobs(options);
    });
  jobs
    .command('show')
    .description('everything that is known of a job, as JSON')
    .argument('<id>')
    .addOption(dataDirOption())
    .action(async (id: string, options: { dataDir: string }) => {
      process.exitCode = await (await import('./commands/manage-jobs.js')).showJob(id, options);
    });
  jobs
    .command('cancel')
    .description('end jobs, queued or running, also when their worker hangs or is dead')
    .argument('<ids...>')
    .addOption(dataDirOption())
    .action(async (ids: string[], options: { dataDir: string }) => {
      process.exitCode = await (await import('./commands/manage-jobs.js')).cancelJobs(ids, options);
    });
}
