import { createInterface } from 'node:readline/promises';
import { workPool } from '@app/engine-postgres';
import type { Pool } from 'pg';

import { CannotStart } from '../start/choose-port';
import { SAMPLE_WORKSPACES, type SampleWorkspace } from '../start/samples';
import type { SystemFile } from '../start/system-file';

/**
 * The token with which invented events are sent, into a workspace of their own. Where the system has events of
 * others it asks first, or needs `yes`: they share topics, tables and figures over all workspaces.
 *
 * @throws {CannotStart} when the workspace is the operator's, or nobody agreed
 */
export async function sampleToken(
  system: SystemFile,
  workspace: SampleWorkspace,
  yes: boolean,
): Promise<string> {
  const token = system.samples[workspace];
  if (token === undefined)
    throw new CannotStart(
      `The workspace "${workspace}" has a token in JIMO_WEBHOOK_TOKENS, so it is yours: invented events go nowhere but into a workspace of their own.`,
    );
  if (yes) return token;
  const pool = workPool(system.database!.url, 'ops', 1);
  try {
    if (!(await hasEventsOfOthers(pool))) return token;
  } finally {
    await pool.end();
  }
  await agreement(
    `This system has events of other workspaces. Invented ones go into the workspace "${workspace}".`,
  );
  return token;
}

async function hasEventsOfOthers(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM read_models.jimer WHERE workspace <> ALL($1))
         OR EXISTS (SELECT FROM read_models.experience WHERE workspace <> ALL($1)) AS found`,
    [SAMPLE_WORKSPACES],
  );
  return rows[0]!.found;
}

/** @throws {CannotStart} unless a person at a terminal says yes */
export async function agreement(question: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new CannotStart(
      `${question} Add --yes to go on (npm run hands over what stands behind --: npm run demo -- --yes). Nothing was done.`,
    );
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} Go on? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new CannotStart('Nothing was done.');
  } finally {
    terminal.close();
  }
}
