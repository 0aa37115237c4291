import { InvalidArgumentError, type Command } from 'commander';

import type { Choice, RejectedKind } from './commands/rejected';
import { dataDirOption } from './start/start-settings';

type Where = Choice & { readonly dataDir: string };
const load = () => import('./commands/rejected.js');

const limit = (text: string): number => {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1 to 99999.');
  return Number(text);
};

const KINDS: readonly (readonly [RejectedKind, string])[] = [
  ['quarantine', 'events of a known kind whose payload is not valid'],
  ['unrecognized', 'events of an unknown kind'],
];

/** `ops quarantine` and `ops unrecognized`: lists rejected events, replays and discards them. */
export function addRejectedCommands(program: Command): void {
  for (const [kind, what] of KINDS) {
    const group = program.command(kind).description(`${what}: totals, list, show, replay, discard`);
    const command = (name: string, description: string, choice: boolean, isDefault = false): Command => {
      const added = group.command(name, { isDefault }).description(description).addOption(dataDirOption());
      return choice
        ? added
            .option('--event <name>', 'only events of this name')
            .option('--workspace <name>', 'only events of this workspace')
        : added;
    };
    command('totals', 'how many wait, by event and reason', true, true)
      .option('--json', 'for a program to read', false)
      .action(async (options: Where & { json: boolean }) => {
        process.exitCode = await (await load()).totals(kind, options);
      });
    command('list', 'those that wait, the newest first', true)
      .option('--json', 'for a program to read', false)
      .option('--limit <number>', 'how many', limit, 50)
      .action(async (options: Where & { json: boolean; limit: number }) => {
        process.exitCode = await (await load()).list(kind, options);
      });
    command('show', 'one of them, whole', false)
      .argument('<id>')
      .action(async (id: string, options: Where) => {
        process.exitCode = await (await load()).showOne(kind, id, options);
      });
    command('replay', 'take events as the gateway would take them now', true)
      .argument('[ids...]')
      .option('--all', 'all that wait', false)
      .action(async (ids: string[], options: Where & { all: boolean }) => {
        process.exitCode = await (await load()).replay(kind, ids, options);
      });
    command('discard', 'give events up, with the reason; they stay in the log', true)
      .argument('[ids...]')
      .option('--all', 'all that wait', false)
      .requiredOption('--reason <text>', 'why')
      .action(async (ids: string[], options: Where & { all: boolean; reason: string }) => {
        process.exitCode = await (await load()).discard(kind, ids, options);
      });
  }
}
