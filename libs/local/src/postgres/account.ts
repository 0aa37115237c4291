import { spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';

/**
 * The user that PostgreSQL runs as. It refuses root, so root runs it as an unprivileged user. If that user cannot enter the
 * checkout (/root), util-linux's setpriv grants it the one capability to pass.
 */
export type Account =
  | { readonly runs: 'as-starter' }
  | { readonly runs: 'as-other'; readonly uid: number; readonly gid: number }
  | { readonly runs: 'as-other-passing'; readonly uid: number; readonly gid: number };

export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** The command line that runs a program as that account. */
export function invoke(account: Account, command: string, args: readonly string[]): Invocation {
  switch (account.runs) {
    case 'as-starter':
      return { command, args };
    case 'as-other':
      return { command, args, uid: account.uid, gid: account.gid };
    case 'as-other-passing':
      return {
        command: 'setpriv',
        args: [
          `--reuid=${account.uid}`,
          `--regid=${account.gid}`,
          '--clear-groups',
          // Otherwise access(2), with which PostgreSQL looks for its own files, ignores the capability.
          '--securebits=+no_setuid_fixup',
          '--inh-caps=-all,+dac_override',
          '--ambient-caps=-all,+dac_override',
          '--',
          command,
          ...args,
        ],
      };
  }
}

/**
 * Finds an account that can run `program` and enter `folder`, and gives it the folder.
 * The owner of a folder with data does not change: a "postgres" user created later must not lock it out.
 * @throws if root finds no such account, with the remedy
 */
export function accountFor(folder: string, program: string): Account {
  if (process.getuid?.() !== 0) return { runs: 'as-starter' };
  const { uid: owner, gid: group } = statSync(folder);
  const { uid, gid } = owner === 0 ? unprivileged() : { uid: owner, gid: group };
  chownSync(folder, uid, gid);
  const candidates: Account[] = [
    { runs: 'as-other', uid, gid },
    { runs: 'as-other-passing', uid, gid },
  ];
  const tried: string[] = [];
  for (const account of candidates) {
    const reason =
      whyNot(account, program, ['--version']) ?? whyNot(account, '/bin/sh', ['-c', 'cd "$1"', 'sh', folder]);
    if (reason === undefined) return account;
    tried.push(`${account.runs === 'as-other' ? 'as it is' : 'through setpriv'}: ${reason}`);
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and user ${uid} cannot run ${program} on ${folder} ` +
      `(${tried.join('; ')}). Run this as an ordinary user, or move the checkout and DATA_DIR to a folder that ` +
      'every user may enter (such as below /opt or /srv), or set DATABASE_URL to a PostgreSQL 18 of yours.',
  );
}

function whyNot(account: Account, command: string, args: readonly string[]): string | undefined {
  const { uid, gid, ...run } = invoke(account, command, args);
  const result = spawnSync(run.command, [...run.args], {
    cwd: '/',
    encoding: 'utf8',
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  if (result.error) return result.error.message;
  return result.status === 0 ? undefined : result.stderr.trim() || `exit code ${result.status}`;
}

/** The machine's "postgres" user if it exists, otherwise "nobody". */
function unprivileged(): { uid: number; gid: number } {
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    const [uid, gid] = ids.map(({ status, stdout }) => (status === 0 ? Number(stdout.trim()) : NaN));
    if (Number.isInteger(uid) && Number.isInteger(gid)) return { uid: uid!, gid: gid! };
  }
  return { uid: 65_534, gid: 65_534 };
}
