import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { alertRules } from '../../libs/testing/src/observability';
import { PROMTOOL, promtool } from './promtool';

const FOLDER = join(__dirname, '../../deploy/observability');
const TESTS = join(__dirname, 'alerts');
const FILES = readdirSync(TESTS).map((file) => join(TESTS, file));

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly exp_alerts?: readonly unknown[];
    }[];
  }[];
}

it('tries every alert where it fires, and where it does not', () => {
  const tried = FILES.flatMap((file) => (parse(readFileSync(file, 'utf8')) as RuleTests).tests).flatMap(
    ({ alert_rule_test }) => alert_rule_test,
  );
  const names = (fires: boolean): Set<string> =>
    new Set(
      tried.filter(({ exp_alerts = [] }) => exp_alerts.length > 0 === fires).map((one) => one.alertname),
    );
  const all = alertRules().map(({ alert }) => alert);
  expect([...names(true)].sort()).toEqual([...all].sort());
  // It has no patience, and what it lets pass stands beside what it does not.
  const besides = ['AppRestarts', 'ReadModelDiffers'];
  expect(all.filter((alert) => !names(false).has(alert))).toEqual(besides);
});

(PROMTOOL === null ? describe.skip : describe)('to Prometheus itself', () => {
  it('the configuration is one', () => {
    expect(promtool('check', 'config', join(FOLDER, 'prometheus.yml'))).toMatchObject({ content: true });
  });

  it('the rules are rules', () => {
    const { content, said } = promtool('check', 'rules', join(FOLDER, 'rules', 'alerts.yml'));
    expect([said, content]).toEqual([expect.stringContaining(`${alertRules().length} rules found`), true]);
  });

  it('every alert fires when it should, and not when it should not', () => {
    const { content, said } = promtool('test', 'rules', ...FILES);
    expect([said, content]).toEqual([said, true]);
  });
});
