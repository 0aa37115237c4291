import { Command, InvalidArgumentError } from 'commander';

import type { CertificateOptions } from './commands/certificates';
import type { EraseOptions } from './commands/erase';
import { errorText } from './error-text';
import { tolerateLostOutput } from './lost-output';
import { dataDirOption, startOptions, type StartSettings } from './start/start-settings';

const count = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
};

/**
 * The command line. Each command loads what it needs itself: `start` stays a small process that way.
 * Sets the exit code.
 */
export async function run(argv: readonly string[]): Promise<void> {
  tolerateLostOutput();
  const program = new Command('ops').description('Runs and provisions the system.');

  const start = program
    .command('start')
    .description('run Kafka, PostgreSQL and every app on this machine until interrupted')
    .option('--demo', 'send a generated day of events once it is ready', false)
    .action(async (options: StartSettings & { demo: boolean }) => {
      const command = await import('./start/start.command.js');
      process.exitCode = await command.start(options);
    });
  for (const option of startOptions()) start.addOption(option);

  program
    .command('topics')
    .description('create the topics that are missing and check the others')
    .action(async () => (await import('./commands/topics.js')).topics());

  program
    .command('migrate')
    .description("create or migrate the engine's tables, and those of projections that have none")
    .action(async () => (await import('./commands/migrate.js')).migrate());

  program
    .command('setup')
    .description('topics, users and migrate: what must be done before the apps of a release start')
    .action(async () => {
      await (await import('./commands/topics.js')).topics();
      await (await import('./commands/users.js')).provideKafkaUsers();
      await (await import('./commands/migrate.js')).migrate();
    });

  program
    .command('certificates')
    .description(
      'an authority of your own, and certificates that it signs, each in a folder named after its host',
    )
    .argument('<folder>')
    .argument('<hosts...>', 'host, or host:uid of the user who is to read its key')
    .option('--renew', 'new certificates for all, not only where the end is near', false)
    .option('--new-authority', 'another authority; the one before stays trusted', false)
    .option('--only-newest', 'trust no authority but the newest', false)
    .action(async (folder: string, hosts: string[], options: CertificateOptions) => {
      const { certificates } = await import('./commands/certificates.js');
      certificates(folder, hosts, options);
    });

  const users = program
    .command('users')
    .description('who may log in to Kafka and PostgreSQL, each as one app and no more');
  users
    .command('provide', { isDefault: true })
    .description('create the users of KAFKA_APP_USERS and DATABASE_APP_USERS, with their rules and roles')
    .action(async () => (await import('./commands/users.js')).provideUsers());
  users
    .command('drop')
    .description('let users in no longer; their connections to PostgreSQL end at once')
    .argument('<names...>')
    .option('--kafka', 'only those of Kafka', false)
    .option('--database', 'only those of PostgreSQL', false)
    .action(async (names: string[], { kafka, database }: { kafka: boolean; database: boolean }) => {
      const { dropUsers } = await import('./commands/users.js');
      await dropUsers(names, { kafka: kafka || !database, database: database || !kafka });
    });

  program
    .command('demo')
    .description('send a generated day of events to the gateway of the running system')
    .addOption(dataDirOption())
    .option('--events <number>', 'how many different events', count, 5_000)
    .option('--seed <number>', 'of the generator', count, 1)
    .action(async (options: { dataDir: string; events: number; seed: number }) => {
      const { runningSystem } = await import('./commands/running-system.js');
      const { sendDemo } = await import('./commands/demo.js');
      await sendDemo(runningSystem(options.dataDir), options, (text) =>
        process.stdout.write(`${String(text)}\n`),
      );
    });

  program
    .command('status')
    .description(
      'where every projection stands, with an account of every offset; fails when they do not add up',
    )
    .addOption(dataDirOption())
    .option('--json', 'for a program to read', false)
    .action(async (options: { dataDir: string; json: boolean }) => {
      process.exitCode = await (await import('./commands/status.js')).status(options);
    });

  program
    .command('rebuild')
    .description('build a projection anew from the log, beside the one that serves, and switch to it')
    .argument('<projection>')
    .addOption(dataDirOption())
    .option('--cancel', 'give up the rebuild that is under way', false)
    .action(async (name: string, options: { dataDir: string; cancel: boolean }) => {
      const { cancelRebuild, rebuild } = await import('./commands/rebuild.js');
      process.exitCode = await (options.cancel ? cancelRebuild : rebuild)(name, options);
    });

  program
    .command('verify')
    .description(
      'prove projections equal to the log, or name the rows that differ (exit 2; 3 when it cannot be told)',
    )
    .argument('[projections...]', 'all unless named')
    .addOption(dataDirOption())
    .option('--all', 'every projection', false)
    .option('--json', 'for a program to read', false)
    .action(async (names: string[], options: { dataDir: string; all: boolean; json: boolean }) => {
      process.exitCode = await (await import('./commands/verify.js')).verify(names, options);
    });

  program
    .command('rollback')
    .description('let readers see the generation that served before')
    .argument('<projection>')
    .addOption(dataDirOption())
    .action(async (name: string, options: { dataDir: string }) => {
      process.exitCode = await (await import('./commands/control.js')).rollback(name, options);
    });

  program
    .command('pause')
    .description('let a projection stand still until it is resumed')
    .argument('<projection>')
    .addOption(dataDirOption())
    .option('--reason <text>', 'shown with the status', 'by hand')
    .action(async (name: string, options: { dataDir: string; reason: string }) => {
      process.exitCode = await (await import('./commands/control.js')).pause(name, options);
    });

  program
    .command('resume')
    .description('let a paused projection go on where it stood')
    .argument('<projection>')
    .addOption(dataDirOption())
    .action(async (name: string, options: { dataDir: string }) => {
      process.exitCode = await (await import('./commands/control.js')).resume(name, options);
    });

  const letters = program.command('dead-letters').description('records that a projection could not apply');
  letters
    .command('list')
    .addOption(dataDirOption())
    .option('--json', 'for a program to read', false)
    .action(async (options: { dataDir: string; json: boolean }) => {
      process.exitCode = await (await import('./commands/control.js')).listDeadLetters(options);
    });
  letters
    .command('replay')
    .description('apply records once more: those of the ids, or all of the projection')
    .argument('<projection>')
    .argument('[ids...]')
    .addOption(dataDirOption())
    .action(async (name: string, ids: string[], options: { dataDir: string }) => {
      process.exitCode = await (await import('./commands/control.js')).replayDeadLetters(name, ids, options);
    });
  letters
    .command('discard')
    .description('give records up for good')
    .argument('<ids...>')
    .addOption(dataDirOption())
    .requiredOption('--reason <text>', 'why')
    .action(async (ids: string[], options: { dataDir: string; reason: string }) => {
      process.exitCode = await (await import('./commands/control.js')).discardDeadLetters(ids, options);
    });

  program
    .command('token')
    .description('make a token: prints it, and the line for the file of tokens, which has only its hash')
    .argument('<grant>', 'a workspace for the gateway; scope or scope@workspace for the read API')
    .option('--stdin', 'print the line of a token that there is already, read from standard input', false)
    .action(async (grant: string, options: { stdin: boolean }) => {
      process.exitCode = await (await import('./commands/token.js')).token(grant, options);
    });

  program
    .command('erase')
    .description(
      'erase jimers for good, from the read models and the log; with --check prove it (exit 2: something stands, 3: compaction has yet to remove it)',
    )
    .argument('[uids...]')
    .addOption(dataDirOption())
    .option('--file <list>', 'with a uid on each line')
    .option('--workspace <name>', 'of all of them; needed for those whom the read models do not know')
    .option('--again', 'those, too, whom the log says to be erased: after a loss of the database', false)
    .option('--check', 'read the log and the tables for them', false)
    .action(async (uids: string[], options: EraseOptions) => {
      process.exitCode = await (await import('./commands/erase.js')).erase(uids, options);
    });

  program
    .command('backup')
    .description('copy the log, as it is now, to files in a new folder')
    .argument('<folder>')
    .addOption(dataDirOption())
    .action(async (folder: string, options: { dataDir: string }) => {
      await (await import('./backup/backup.js')).backup(folder, options);
    });
  program
    .command('restore')
    .description('append a backup to topics that are empty, or missing; nothing else may run meanwhile')
    .argument('<folder>')
    .addOption(dataDirOption())
    .action(async (folder: string, options: { dataDir: string }) => {
      await (await import('./backup/restore.js')).restore(folder, options);
    });

  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    const { databaseReason } = await import('@app/platform');
    const text = errorText(error);
    process.stderr.write(`${text === (error as Error).message ? databaseReason(error) : text}\n`);
    process.exitCode = 1;
  }
}
