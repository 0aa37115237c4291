import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type RunningSystem, startSystem } from '@app/testing/infra';

import { brokenChanges, pathOf } from '../support/triage';
import { unexplained, unexplainedFigures } from './checks/evidence';
import { openAccounts, unverified } from './checks/findings';
import { brokenPromises } from './checks/promises';
import { compareWith, connect } from './oracle/compare';
import { ENVIRONMENT, type Outcome, runChaos, summaryOf } from './run';
import { chaosSettings } from './settings';

const settings = chaosSettings();
const MINUTE = 60_000;
const began = Date.now();

/** Where whoever waits sees it at once; Jest shows console output only at the end. */
function say(text: string): void {
  const seconds = ((Date.now() - began) / 1000).toFixed(0).padStart(4);
  for (const line of text.split('\n')) process.stderr.write(`chaos ${seconds} s  ${line}\n`);
}

describe(`the real stack under load and faults (seed ${settings.seed}, ${settings.minutes} minutes)`, () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'jimo-chaos-'));
  let system: RunningSystem;
  let outcome: Outcome;

  beforeAll(
    async () => {
      system = await startSystem({ dataDir, env: ENVIRONMENT });
      outcome = await runChaos(system, settings, say);
      const restarts = Object.entries(system.now().parts).map(([name, part]) => `${name} ${part.restarts}`);
      say(summaryOf(outcome, restarts.join(', ')));
    },
    (settings.minutes * 2 + 12) * MINUTE,
  );

  afterAll(async () => {
    await system?.stop();
    if (settings.keep) say(`the data stays in ${dataDir}`);
    else rmSync(dataDir, { recursive: true, force: true });
  }, 2 * MINUTE);

  it.each([
    'every 202 is in Kafka',
    'every answered change is in its history',
    'the oracle agrees with the tables',
    'there are no dead letters',
    ...(settings.without.has('verify') ? [] : ['verify is clean']),
    ...(settings.without.has('status') ? [] : ['the accounts add up']),
    'nobody else than those who were to be is gone from the log',
    'rows explain to themselves',
    'figures are the number of their rows',
    'nothing of those who are erased is explained',
    ...(settings.without.has('erase') ? [] : ['nothing stands of those who are erased']),
  ])('%s', (name) => {
    expect(outcome.findings[name]).toEqual([]);
  });

  it('was answered as the contract says', () => {
    expect(outcome.sender.surprises).toEqual([]);
    expect(outcome.triager.surprises).toEqual([]);
    expect(outcome.eraser.surprises).toEqual([]);
  });

  // Otherwise all of the above would show nothing.
  it('took events of every kind, and was disturbed', () => {
    const { sender, triager, faults, rows } = outcome;
    expect(triager.answered.length).toBeGreaterThan(settings.minutes);
    expect([...sender.outcomes.keys()].sort()).toEqual([
      'accepted',
      'quarantined',
      'rejected',
      'unrecognized',
    ]);
    expect(sender.promised.length).toBeGreaterThan(settings.minutes * 60 * settings.eventsPerSecond * 0.2);
    for (const part of [
      'journey-projector',
      'experience-projector',
      'feedback-projector',
      'gateway',
      'postgres',
      'kafka',
    ])
      expect([part, faults.get(`SIGKILL ${part}`) ?? faults.get(`(too late: SIGKILL ${part})`)]).toEqual([
        part,
        expect.any(Number),
      ]);
    const erases = !settings.without.has('erase');
    const filled = Object.entries(rows).filter(([view]) => erases || !view.endsWith('_erased'));
    expect(Math.min(...filled.map(([, count]) => count))).toBeGreaterThan(0);
  });

  (settings.without.has('erase') ? it.skip : it)(
    'killed whoever erased somebody, and another went on with it',
    () => {
      expect(outcome.eraser.killed.length).toBeGreaterThan(0);
      expect(outcome.unfinished).toEqual([]);
      // What is kept of theirs was put to the test as well.
      expect(outcome.oracle.removed().size).toBeGreaterThan(0);
      expect(outcome.oracle.observations).toBeGreaterThan(0);
    },
  );

  async function schemaOf(projection: string): Promise<string> {
    const { body } = await outcome.client.get<{ items: { name: string; schema: string }[] }>(
      '/v1/projections',
    );
    return body.items.find(({ name }) => name === projection)!.schema;
  }

  it.each([
    [
      'a changed value',
      'journeys',
      `UPDATE %.journey SET last_event_at = last_event_at + interval '1 ms' WHERE ctid = (SELECT min(ctid) FROM %.journey)`,
    ],
    ['a row that is lost', 'jimers', 'DELETE FROM %.jimer WHERE ctid = (SELECT min(ctid) FROM %.jimer)'],
    [
      'a count that is off by one',
      'journeys',
      'UPDATE %.funnel SET saw = saw + 1 WHERE ctid = (SELECT min(ctid) FROM %.funnel)',
    ],
  ])('would notice %s', async (_, projection, statement) => {
    const schema = await schemaOf(projection);
    const client = await connect(system.info.database.url);
    try {
      await client.query('BEGIN');
      await client.query(statement.replaceAll('%', `"${schema}"`));
      const { differences } = await compareWith(outcome.oracle, client);
      const known = outcome.findings['the oracle agrees with the tables']!;
      expect(differences.filter((difference) => !known.includes(difference))).toHaveLength(1);
    } finally {
      // The transaction goes with its connection.
      await client.end();
    }
  });

  it('would notice an event that is not where it was promised', () => {
    const { promised } = outcome.sender;
    const log = new Map(outcome.log);
    log.delete(promised[0]!.position);
    expect(brokenPromises(promised, log).length).toBeGreaterThan(0);
    const other = { ...promised[0]!, id: promised[1]!.id };
    expect(brokenPromises([other], outcome.log)).toHaveLength(1);
  });

  it('would notice a change that is not in the history, or a version that two were told', () => {
    const { changes } = outcome;
    const [one] = changes;
    const items = new Map(outcome.items);
    const item = items.get(pathOf(one!))!;
    const history = item.history.filter(({ version }) => version !== one!.version);
    items.set(pathOf(one!), { ...item, history });
    expect(brokenChanges(changes, items).length).toBeGreaterThan(0);
    expect(brokenChanges([...changes, { ...one!, actor: 'nobody' }], outcome.items)).toHaveLength(2);
  });

  // The last ones: what they change stays changed.
  (settings.without.has('verify') ? it.skip : it)(
    'would be told by verify of a row that somebody changed',
    async () => {
      const table = `"${await schemaOf('feedback')}".feedback_item`;
      await change(
        `UPDATE ${table} SET created_at = created_at + interval '1 ms' WHERE ctid = (SELECT min(ctid) FROM ${table})`,
      );
      const wrong = await unverified(outcome.ops);
      expect(wrong).toHaveLength(1);
      // Also where a text of the row has a line separator in it.
      expect(wrong[0]).toMatch(/^feedback differs .*created_?at/is);
    },
    2 * MINUTE,
  );

  (settings.without.has('status') ? it.skip : it)(
    'would be told by status of an offset without an account',
    async () => {
      await change(
        `UPDATE engine.checkpoint SET changed = changed - 1
         WHERE ctid = (SELECT min(c.ctid) FROM engine.checkpoint AS c
                         JOIN engine.generation ON generation.id = c.generation_id
                        WHERE state = 'active' AND changed > 0)`,
      );
      expect(await openAccounts(outcome.ops)).toHaveLength(1);
    },
    2 * MINUTE,
  );

  it(
    'would notice rows that do not explain to themselves, and figures that are not the number of their rows',
    async () => {
      const { url } = system.info.database;
      const schema = `"${await schemaOf('journeys')}"`;
      await change(`UPDATE ${schema}.journey SET title = title || '!' WHERE title IS NOT NULL`, 'many');
      await change(`UPDATE ${schema}.funnel SET saw = saw + 1`, 'many');
      expect((await unexplained(url, outcome.client, 20)).join()).toContain('/experiences/');
      expect(await unexplainedFigures(url, outcome.client)).not.toEqual([]);
    },
    2 * MINUTE,
  );

  async function change(statement: string, rows: 'one' | 'many' = 'one'): Promise<void> {
    const client = await connect(system.info.database.url);
    try {
      const { rowCount } = await client.query(statement);
      if (rows === 'one') expect(rowCount).toBe(1);
      else expect(rowCount).toBeGreaterThan(0);
    } finally {
      await client.end();
    }
  }
});
