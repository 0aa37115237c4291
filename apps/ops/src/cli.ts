import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot } from '@app/local';
import { Command, InvalidArgumentError } from 'commander';

import type { CertificateOptions } from './commands/certificates';
import type { DemoOptions } from './commands/demo';
import type { DiffOptions } from './commands/diff';
import type { EraseOptions } from './commands/erase';
import type { RepairOptions } from './commands/repair';
import type { SnapshotOptions } from './commands/snapshots';
import type { Where } from './commands/with-pool';
import { errorText } from './error-text';
import { tolerateLostOutput } from './lost-output';
import { explain } from './help';
import { addJobCommands } from './job-commands';
import { addRejectedCommands } from './rejected-commands';
import { Ticker } from './ticker';
import { dataDirOption, startOptions, type StartSettings } from './start/start-settings';

const count = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
};

/**
 * The command line. Each command loads its own modules, which keeps `start` a small process. Sets the exit code.
 */
export async function run(argv: readonly string[]): Promise<void> {
  tolerateLostOutput();
  const program = new Command('ops')
    .description('Runs and operates the system.')
    .version(version(), '-V, --version', 'the version of this program')
    .showSuggestionAfterError();

  const start = program
    .command('start')
    .description('run Kafka, PostgreSQL and every app on this machine until interrupted')
    .option('--demo', 'send a generated month of events into the workspace "demo" once it is ready', false)
    .action(async (options: StartSettings & { demo: boolean }) => {
      const command = await import('./start/start.command.js');
      process.exitCode = await command.start(options);
    });
  for (const option of startOptions()) start.addOption(option);

  program
    .command('topics')
    .description('create missing topics and check the others')
    .addOption(dataDirOption())
    .action(async (options: Where) => (await import('./commands/topics.js')).topics(options));

  program
    .command('migrate')
    .description("create or migrate the engine's tables, and those of projections that have none")
    .addOption(dataDirOption())
    .action(async (options: Where) => (await import('./commands/migrate.js')).migrate(options));

  program
    .command('setup')
    .description('topics, users and migrate: required before the apps of a release start')
    .addOption(dataDirOption())
    .action(async (options: Where) => {
      await (await import('./commands/topics.js')).topics(options);
      await (await import('./commands/users.js')).provideKafkaUsers(options);
      await (await import('./commands/migrate.js')).migrate(options);
    });

  program
    .command('certificates')
    .description('create a private CA and server certificates, each in a folder named after its host')
    .argument('<folder>')
    .argument('<hosts...>', 'host, or host:uid of the user who is to read its key')
    .option('--renew', 'renew all certificates, not only those that expire soon', false)
    .option('--new-authority', 'create another authority; the previous one stays trusted', false)
    .option('--only-newest', 'trust no authority but the newest', false)
    .action(async (folder: string, hosts: string[], options: CertificateOptions) => {
      const { certificates } = await import('./commands/certificates.js');
      await certificates(folder, hosts, options);
    });

  const users = program
    .command('users')
    .description('users of Kafka and PostgreSQL, each with the rights of one app');
  users
    .command('provide', { isDefault: true })
    .description('create the users of KAFKA_APP_USERS and DATABASE_APP_USERS, with their rules and roles')
    .addOption(dataDirOption())
    .action(async (options: Where) => (await import('./commands/users.js')).provideUsers(options));
  users
    .command('drop')
    .description('revoke users; their connections to PostgreSQL end at once')
    .argument('<names...>')
    .addOption(dataDirOption())
    .option('--kafka', 'only those of Kafka', false)
    .option('--database', 'only those of PostgreSQL', false)
    .action(async (names: string[], options: Where & { kafka: boolean; database: boolean }) => {
      const { kafka, database, dataDir } = options;
      const { dropUsers } = await import('./commands/users.js');
      await dropUsers(names, { dataDir, kafka: kafka || !database, database: database || !kafka });
    });

  program
    .command('demo')
    .description(
      'send a generated month of events into the workspace "demo" of the running system, or remove it',
    )
    .addOption(dataDirOption())
    .option('--events <number>', 'number of distinct events', count, 5_000)
    .option('--seed <number>', 'random seed', count)
    .option('--yes', 'do not ask for confirmation if other workspaces have events', false)
    .option('--remove', 'erase the people and experiences of the workspace "demo"', false)
    .action(async (options: DemoOptions & { dataDir: string; yes: boolean; remove: boolean }) => {
      if (options.remove) {
        process.exitCode = await (await import('./commands/remove-demo.js')).removeDemo(options);
        return;
      }
      const { runningSystem } = await import('./commands/running-system.js');
      const { sendDemo } = await import('./commands/demo.js');
      await sendDemo(runningSystem(options.dataDir), options, (text) =>
        process.stdout.write(`${String(text)}\n`),
      );
    });

  program
    .command('status')
    .description(
      'whether the system is healthy, and where every projection is, with every offset accounted for; exits with 1 when something does not work (marked !!), with 0 also when something needs attention (!) or is not known (?)',
    )
    .addOption(dataDirOption())
    .option('--json', 'print JSON', false)
    .action(async (options: { dataDir: string; json: boolean }) => {
      process.exitCode = await (await import('./commands/status.js')).status(options);
    });

  program
    .command('rebuild')
    .description('rebuild a projection from the log, beside the active generation, and switch to it')
    .argument('<projection>')
    .addOption(dataDirOption())
    .option('--cancel', 'cancel the running rebuild', false)
    .option('--until <time>', 'only what the log said until then, kept as a snapshot; with --as')
    .option('--as <name>', 'the name of the snapshot')
    .option('--note <text>', 'what the snapshot is for')
    .action(async (name: string, options: Where & { cancel: boolean } & Partial<SnapshotOptions>) => {
      const { until, as } = options;
      if ((until === undefined) !== (as === undefined))
        program.error('--until and --as are given together: the time, and the name of the snapshot');
      if (until !== undefined && as !== undefined) {
        const { makeSnapshot } = await import('./commands/snapshots.js');
        process.exitCode = await makeSnapshot(name, { ...options, until, as });
      } else if (options.cancel) {
        const { cancelRebuild } = await import('./commands/manage-jobs.js');
        process.exitCode = await cancelRebuild(name, options);
      } else process.exitCode = await (await import('./commands/rebuild.js')).rebuild(name, options);
    });

  program
    .command('verify')
    .description(
      'verify projections against the log: names the rows that differ (exit 2; 3 if indeterminate)',
    )
    .argument('[projections...]', 'default: all')
    .addOption(dataDirOption())
    .option('--all', 'every projection', false)
    .option(
      '--snapshot <name>',
      'a snapshot instead of what serves: compared with what it was when it was made',
    )
    .option('--json', 'print JSON', false)
    .action(async (names: string[], options: Where & { all: boolean; json: boolean; snapshot?: string }) => {
      const { snapshot } = options;
      if (snapshot !== undefined) {
        const { verifySnapshots } = await import('./commands/snapshots.js');
        process.exitCode = await verifySnapshots(names, { ...options, snapshot });
      } else process.exitCode = await (await import('./commands/verify.js')).verify(names, options);
    });

  const snapshots = program
    .command('snapshots')
    .description('read models as they were at a time of the log; "rebuild --until" makes them');
  snapshots
    .command('list', { isDefault: true })
    .addOption(dataDirOption())
    .option('--json', 'print JSON', false)
    .action(async (options: Where & { json: boolean }) => {
      process.exitCode = await (await import('./commands/snapshots.js')).listSnapshots(options);
    });
  snapshots
    .command('drop')
    .description('drop the snapshots of a name, in every projection that has it')
    .argument('<name>')
    .addOption(dataDirOption())
    .action(async (name: string, options: Where) => {
      process.exitCode = await (await import('./commands/snapshots.js')).dropSnapshot(name, options);
    });

  program
    .command('repair')
    .description('correct rows that are not as the log makes them, and the counts that they are in')
    .argument('<projection>')
    .addOption(dataDirOption())
    .option('--jimer <uids...>', 'all rows of these people')
    .option('--workspace <name>', 'only those of this workspace')
    .option('--from-verify', 'the rows that the last verification named', false)
    .option('--json', 'print JSON', false)
    .action(async (name: string, options: RepairOptions) => {
      process.exitCode = await (await import('./commands/repair.js')).repair(name, options);
    });

  program
    .command('diff')
    .description(
      'how two generations or snapshots of a projection differ (exit 0 if in nothing, 2 if in something, 3 if something cannot be compared)',
    )
    .argument('<projection>')
    .argument('<from>', 'a number, the name of a snapshot, or active')
    .argument('<to>')
    .addOption(dataDirOption())
    .option('--samples <number>', 'rows of each kind to show per table', count, 5)
    .option('--json', 'print JSON', false)
    .action(async (name: string, from: string, to: string, options: DiffOptions) => {
      process.exitCode = await (await import('./commands/diff.js')).diff(name, from, to, options);
    });

  program
    .command('rollback')
    .description('switch back to the previous generation')
    .argument('<projection>')
    .addOption(dataDirOption())
    .action(async (name: string, options: { dataDir: string }) => {
      process.exitCode = await (await import('./commands/control.js')).rollback(name, options);
    });

  program
    .command('pause')
    .description('pause a projection until it is resumed')
    .argument('<projection>')
    .addOption(dataDirOption())
    .option('--reason <text>', 'shown with the status', 'by hand')
    .action(async (name: string, options: { dataDir: string; reason: string }) => {
      process.exitCode = await (await import('./commands/control.js')).pause(name, options);
    });

  program
    .command('resume')
    .description('resume a paused projection where it stopped')
    .argument('<projection>')
    .addOption(dataDirOption())
    .action(async (name: string, options: { dataDir: string }) => {
      process.exitCode = await (await import('./commands/control.js')).resume(name, options);
    });

  addJobCommands(program);
  addRejectedCommands(program);

  const letters = program.command('dead-letters').description('records that a projection could not apply');
  letters
    .command('list')
    .addOption(dataDirOption())
    .option('--json', 'print JSON', false)
    .action(async (options: { dataDir: string; json: boolean }) => {
      process.exitCode = await (await import('./commands/control.js')).listDeadLetters(options);
    });
  letters
    .command('replay')
    .description('apply records again: those of the ids, or all of the projection')
    .argument('<projection>')
    .argument('[ids...]')
    .addOption(dataDirOption())
    .action(async (name: string, ids: string[], options: { dataDir: string }) => {
      process.exitCode = await (await import('./commands/control.js')).replayDeadLetters(name, ids, options);
    });
  letters
    .command('discard')
    .description('discard dead letters permanently')
    .argument('<ids...>')
    .addOption(dataDirOption())
    .requiredOption('--reason <text>', 'why')
    .action(async (ids: string[], options: { dataDir: string; reason: string }) => {
      process.exitCode = await (await import('./commands/control.js')).discardDeadLetters(ids, options);
    });

  program
    .command('token')
    .description('create a token: prints it, and the line for the token file, which contains only its hash')
    .argument(
      '<grant>',
      'gateway@workspace; or read, triage, admin, alone or with @workspace, for the read API',
    )
    .option('--stdin', 'print the line for an existing token, read from standard input', false)
    .action(async (grant: string, options: { stdin: boolean }) => {
      process.exitCode = await (await import('./commands/token.js')).token(grant, options);
    });

  program
    .command('erase')
    .description(
      'erase jimers from the read models and the log; --check proves it (exit 2: data remains, 3: waits for compaction)',
    )
    .argument('[uids...]')
    .addOption(dataDirOption())
    .option('--file <list>', 'with a uid on each line')
    .option(
      '--workspace <name>',
      'the workspace of all of them; required for people whom no read model knows',
    )
    .option('--again', 'also those whose erasure is in the log, after a loss of the database', false)
    .option('--check', 'search the log and the tables for them', false)
    .action(async (uids: string[], options: EraseOptions) => {
      process.exitCode = await (await import('./commands/erase.js')).erase(uids, options);
    });

  program
    .command('backup')
    .description('copy the present log to files in a new folder')
    .argument('<folder>')
    .addOption(dataDirOption())
    .action(async (folder: string, options: { dataDir: string }) => {
      await (await import('./backup/backup.js')).backup(folder, options);
    });
  program
    .command('restore')
    .description('append a backup to empty or missing topics; no events may arrive meanwhile')
    .argument('<folder>')
    .addOption(dataDirOption())
    .action(async (folder: string, options: { dataDir: string }) => {
      await (await import('./backup/restore.js')).restore(folder, options);
    });

  explain(program, await projectionNames(argv));
  const ticker = new Ticker();
  if (argv[2] !== 'start') ticker.start();
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    const { databaseReason } = await import('@app/platform');
    const text = errorText(error);
    process.stderr.write(`${text === (error as Error).message ? databaseReason(error) : text}\n`);
    process.exitCode = 1;
  } finally {
    ticker.stop();
  }
}

function version(): string {
  const { version: own } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return own;
}

/** The names of projections, loaded only for the help because that takes a while. */
async function projectionNames(argv: readonly string[]): Promise<readonly string[]> {
  if (!argv.some((word) => ['-h', '--help', 'help'].includes(word))) return [];
  return (await import('@app/projections')).PROJECTIONS.map(({ name }) => name);
}
