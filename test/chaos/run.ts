import { PROJECTIONS } from '@app/projections';
import { reachOf, type RunningSystem } from '@app/testing/infra';
import { ask } from '../support/databases';
import { Client } from '../support/http';
import { kafkaReachOf } from '../support/log';
import { check, type Checked } from './checks/findings';
import { allReady, withoutLag } from './checks/quiet';
import type { Eraser } from './faults/eraser';
import { Saboteur } from './faults/saboteur';
import { describeFault, scheduleOf } from './faults/schedule';
import { Departures } from './load/departures';
import { deliveries, WORKSPACES, type Workspace } from './load/deliveries';
import { Sender } from './load/sender';
import { Triager } from './load/triager';
import { asProcess, Ops } from './ops';
import type { ChaosSettings } from './settings';

const DRAIN_MS = 180_000;
/** Of those who triage, and of those who erase. */
const PATIENCE_MS = 20_000;

/** Webhook tokens of the run, one per workspace. */
export const TOKENS: Readonly<Record<Workspace, string>> = {
  default: 'chaos-default-token',
  other: 'chaos-other-token',
};

/** Settings that the system under test needs. */
export const ENVIRONMENT = {
  JIMO_WEBHOOK_TOKENS: WORKSPACES.map((workspace) => `${workspace}:${TOKENS[workspace]}`).join(','),
};

export interface Outcome extends Checked {
  readonly sender: Sender;
  readonly triager: Triager;
  readonly eraser: Eraser;
  /** Erasures whose process was killed and which nobody else has done. */
  readonly unfinished: readonly string[];
  readonly client: Client;
  readonly ops: Ops;
  /** How often each fault was done. */
  readonly faults: ReadonlyMap<string, number>;
}

/**
 * Load and faults for as long as the settings say, then peace, then every check.
 *
 * @throws when the system does not come to rest: not ready, events without a 202, lag that stays
 */
export async function runChaos(
  system: RunningSystem,
  settings: ChaosSettings,
  say: (text: string) => void,
): Promise<Outcome> {
  const { seed, minutes, eventsPerSecond, without } = settings;
  const durationMs = minutes * 60_000;
  const databaseUrl = system.info.database.url;
  const ops = new Ops(asProcess(reachOf(system.info)));
  const rebuilt = without.has('rebuild') ? [] : PROJECTIONS.map(({ name }) => name);
  const schedule = scheduleOf({ seed, durationMs, rebuilt, erases: !without.has('erase') });
  say(`seed ${seed}, ${minutes} minutes, ${schedule.length} faults planned:`);
  for (const { atMs, fault } of schedule)
    say(`  ${(atMs / 1000).toFixed(1).padStart(7)} s  ${describeFault(fault)}`);

  const { gateway, readApi, tokens } = system.info;
  const departures = new Departures(
    deliveries({ seed, events: Math.min(50_000, Math.ceil(eventsPerSecond * minutes * 60)) }),
    seed,
  );
  const sender = new Sender({
    ...{ gateway, tokens: TOKENS, deliveries: departures },
    ...{ seed, eventsPerSecond, connections: 6 },
  });
  const triager = new Triager({
    client: new Client(gateway, readApi, TOKENS.default, tokens.read['triage'], PATIENCE_MS),
    seed,
  });
  const admin = new Client(gateway, readApi, TOKENS.default, tokens.read['admin'], PATIENCE_MS);
  const saboteur = new Saboteur(system, ops, say, { departures, client: admin }, seed);
  const { eraser } = saboteur;
  const stop = new AbortController();
  const progress = setInterval(
    () =>
      say(
        `${sender.sent} events sent, ${sender.promised.length} answered with 202; ${triager.answered.length} changes of triage`,
      ),
    15_000,
  );
  try {
    say('load and faults begin');
    sender.start();
    triager.start();
    await saboteur.carryOut(schedule, stop.signal);
    say('the faults are over');
    await allReady(() => appUrls(system));
    await Promise.all([sender.finish(DRAIN_MS), triager.finish()]);
    say(`${sender.promised.length} events are answered with 202`);
  } finally {
    clearInterval(progress);
    stop.abort();
    saboteur.close();
    // After a failure: nobody waits for answers any more.
    await Promise.all([sender.finish(1).catch(() => undefined), triager.finish()]);
  }
  if (eraser.erased.length > 0) await ops.sweep();
  const client = new Client(gateway, readApi, TOKENS.default);
  const projections = await withoutLag(client);
  say(`no lag: ${projections.map(({ name, schema }) => `${name} (${schema})`).join(', ')}`);
  const checked = await check({
    kafka: kafkaReachOf(system.info),
    promised: sender.promised,
    changes: triager.answered,
    erased: eraser.erased,
    ...{ databaseUrl, client, ops, without, say },
  });
  const unfinished = await unfinishedOf(databaseUrl, eraser.killed);
  return { ...checked, sender, triager, eraser, unfinished, client, ops, faults: saboteur.done };
}

/** Of jobs whose process was killed, those that nobody else has done. */
async function unfinishedOf(databaseUrl: string, killed: readonly string[]): Promise<readonly string[]> {
  const rows = await ask<{ id: string }>(
    databaseUrl,
    `SELECT id::text FROM engine.job WHERE id = ANY($1::bigint[]) AND NOT (state = 'succeeded' AND attempt > 1)`,
    [killed],
  );
  return rows.map(({ id }) => id);
}

/** Kafka and Postgres have no URL; an app that is down has no process. */
function appUrls(system: RunningSystem): Record<string, string | undefined> {
  const apps = Object.entries(system.now().parts).filter(([, { url }]) => url !== undefined);
  return Object.fromEntries(apps.map(([name, { pid, url }]) => [name, pid === undefined ? undefined : url]));
}

/** What was sent, done and checked, for whoever reads the log of the run. */
export function summaryOf(outcome: Outcome, restarts: string): string {
  const { sender, triager, eraser, oracle, faults, findings, rows } = outcome;
  const counted = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const checks = Object.entries(findings).map(
    ([name, wrong]) => `  ${wrong.length === 0 ? 'yes' : `NO (${wrong.length})`}  ${name}`,
  );
  return [
    `events: ${counted(sender.outcomes)}`,
    `answers: ${counted(sender.answers)}`,
    `triage: ${triager.answered.length} changes, answers ${counted(triager.answers)}`,
    `erased: ${eraser.erased.length}, with ${oracle.removed().size} records; ${oracle.observations} stand for them`,
    `faults: ${counted(faults)}`,
    `restarts: ${restarts}`,
    `rows: ${Object.values(rows).reduce((sum, count) => sum + count, 0)} in ${Object.keys(rows).length} views`,
    ...checks,
  ].join('\n');
}
