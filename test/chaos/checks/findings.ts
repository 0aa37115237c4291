import type { Client, List } from '../../support/http';
import { type AnsweredChange, brokenChanges, pathOf, type TriagedItem } from '../../support/triage';
import { compareViews } from '../oracle/compare';
import { Oracle } from '../oracle/oracle';
import { positionOf, readLog } from '../oracle/read-log';
import type { KafkaConfig } from 'kafkajs';
import type { Person } from '../load/departures';
import type { Promised } from '../load/sender';
import type { Ops } from '../ops';
import { explainedErased, unexplained, unexplainedFigures } from './evidence';
import { brokenPromises } from './promises';

/** What is wrong, by what was checked; an empty list where nothing is. */
export type Findings = Readonly<Record<string, readonly string[]>>;

export interface CheckInput {
  readonly kafka: Pick<KafkaConfig, 'brokers' | 'socketFactory' | 'sasl'>;
  readonly databaseUrl: string;
  readonly promised: readonly Promised[];
  /** Changes of backlog items that were answered with 200. */
  readonly changes: readonly AnsweredChange[];
  /** Whose erasure was promised. */
  readonly erased: readonly Person[];
  readonly client: Client;
  readonly ops: Ops;
  /** Checks that are left out: verify, status, erase. */
  readonly without: ReadonlySet<string>;
  readonly say: (text: string) => void;
}

export interface Checked {
  readonly findings: Findings;
  readonly oracle: Oracle;
  /** Event ids by position: the log as it was read. */
  readonly log: ReadonlyMap<string, string>;
  /** Answered changes that nobody was erased with. */
  readonly changes: readonly AnsweredChange[];
  /** Items with such changes, by path, as the read API tells them. */
  readonly items: ReadonlyMap<string, TriagedItem>;
  /** Rows that the oracle expects, by view. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Everything that must be true of a system at rest, whatever was done to it before. */
export async function check(input: CheckInput): Promise<Checked> {
  const { kafka, databaseUrl, promised, erased, client, ops, without, say } = input;
  const findings: Record<string, readonly string[]> = {};
  const oracle = new Oracle();
  const log = new Map<string, string>();
  const counts = await readLog(kafka, (record) => {
    log.set(positionOf(record), record.headers['ce_id'] ?? '');
    oracle.add(record);
  });
  say(`the log holds ${[...counts].map(([topic, count]) => `${count} of ${topic}`).join(', ')}`);

  findings['every 202 is in Kafka'] = brokenPromises(promised, log);
  say(`${promised.length} promised positions compared`);
  const changes = standingOf(input.changes, oracle.removed());
  const items = await itemsOf(changes, client);
  findings['every answered change is in its history'] = [
    ...changes
      .filter(({ position }) => !log.has(position))
      .map(({ position, actor }) => `${position}: nothing instead of the change of ${actor}`),
    ...brokenChanges(changes, items),
  ];
  say(`${changes.length} changes of triage compared with the histories of ${items.size} items`);
  const { rows, differences, unknown } = await compareViews(oracle, databaseUrl);
  for (const view of unknown) say(`the oracle has no rules for ${view}`);
  findings['the oracle agrees with the tables'] = differences;
  say(
    `rows compared with the oracle: ${Object.entries(rows)
      .map(([view, count]) => `${view} ${count}`)
      .join(', ')}`,
  );
  findings['there are no dead letters'] = await deadLetters(client);
  findings['nobody else than those who were to be is gone from the log'] = wronglyErased(oracle, erased);
  const checks: Record<string, () => Promise<string[]>> = {
    'rows explain to themselves': () => unexplained(databaseUrl, client),
    'figures are the number of their rows': () => unexplainedFigures(databaseUrl, client),
    'nothing of those who are erased is explained': () => explainedErased(erased, client),
    ...(without.has('verify') ? {} : { 'verify is clean': () => unverified(ops) }),
    ...(without.has('status') ? {} : { 'the accounts add up': () => openAccounts(ops) }),
    ...(without.has('erase')
      ? {}
      : { 'nothing stands of those who are erased': () => unproven(ops, erased) }),
  };
  await Promise.all(
    Object.entries(checks).map(async ([name, find]) => {
      findings[name] = await find();
    }),
  );
  return { findings, oracle, log, changes, items, rows };
}

/** Without those of items that somebody was erased with: what is left of their history is the oracle's to know. */
function standingOf(
  changes: readonly AnsweredChange[],
  removed: ReadonlySet<string>,
): readonly AnsweredChange[] {
  const gone = new Set(changes.filter(({ position }) => removed.has(position)).map(pathOf));
  return changes.filter((change) => !gone.has(pathOf(change)));
}

function wronglyErased(oracle: Oracle, erased: readonly Person[]): string[] {
  const untold = erased.filter(({ workspace, jimerUid }) => !oracle.hasErased(workspace, jimerUid));
  return [
    ...untold.map(
      ({ workspace, jimerUid }) => `the log does not tell that ${jimerUid} of ${workspace} is erased`,
    ),
    ...oracle.wronglyLeft(),
  ];
}

/** What the proof says of everybody who was to be erased, each in the workspace. */
async function unproven(ops: Ops, erased: readonly Person[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const [workspace, persons] of Map.groupBy(erased, (person) => person.workspace)) {
    const uids = [...new Set(persons.map(({ jimerUid }) => jimerUid))];
    const { code, stdout, said } = await ops.provesErased(uids, workspace);
    // Somebody of whom nothing had been accepted in this workspace leaves nothing that could wait.
    const open = uids.filter(
      (uid) =>
        !['waits for compaction', 'nothing is left'].some((proof) => stdout.includes(`${uid}: ${proof}`)),
    );
    if (![0, 3].includes(code ?? -1) || open.length > 0)
      wrong.push(`${workspace}: it ended with ${code}, and ${open.join(', ')} are not proven:\n${said}`);
  }
  return wrong;
}

/** Every item that has answered changes, with its history. One that cannot be read is left out. */
async function itemsOf(
  changes: readonly AnsweredChange[],
  client: Client,
): Promise<ReadonlyMap<string, TriagedItem>> {
  const items = new Map<string, TriagedItem>();
  for (const path of new Set(changes.map(pathOf))) {
    const { status, body } = await client.get<TriagedItem>(path);
    if (status === 200) items.set(path, body);
  }
  return items;
}

/** Nothing that is sent can fail to be applied. */
async function deadLetters(client: Client): Promise<string[]> {
  const { status, body, text } = await client.get<List>('/v1/dead-letters');
  return status === 200 ? body.items.map((letter) => JSON.stringify(letter)) : [text];
}

export async function unverified(ops: Ops): Promise<string[]> {
  const { code, results } = await ops.verify();
  const wrong = results
    .filter(({ outcome }) => outcome !== 'clean')
    .map(({ projection, outcome, reason = '', differences }) =>
      `${projection} ${outcome} ${reason} ${JSON.stringify(differences)}`.slice(0, 2_000),
    );
  if (results.length === 0) wrong.push('nothing was verified');
  if (code !== 0 && wrong.length === 0) wrong.push(`it ended with ${code}`);
  return wrong;
}

export async function openAccounts(ops: Ops): Promise<string[]> {
  const { code, projections } = await ops.status();
  const accounts = projections.flatMap(({ name, generations }) =>
    generations.flatMap(({ id, state, accounts }) =>
      accounts.map((account) => ({ name, id, state, account })),
    ),
  );
  const wrong = accounts.filter(({ account }) => !account.addsUp).map((account) => JSON.stringify(account));
  if (accounts.length === 0) wrong.push('there are no accounts');
  if (code !== 0 && wrong.length === 0) wrong.push(`it ended with ${code}`);
  return wrong;
}
