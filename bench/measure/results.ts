import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

/** One run of one contestant. Numbers that do not apply are absent. */
export interface Figures {
  readonly suite: string;
  readonly round: number;
  readonly contestant: string;
  /** Events, requests or chunks per second: the suite says which. */
  readonly perSecond?: number;
  readonly p50?: number;
  readonly p99?: number;
  /** CPU seconds per million events. */
  readonly cpu?: { readonly client: number; readonly postgres: number; readonly kafka: number };
  /** MiB at its highest, all client processes together. */
  readonly memory?: number;
  /** Part of the machine that processes of neither the contestant nor the bench had meanwhile: 0 to 1. */
  readonly others?: number;
  /** Whether the rows are those of the workload; or what is wrong, or was not looked at. */
  readonly rows: string;
  readonly note?: string;
}

export interface Report {
  readonly about: Readonly<Record<string, string | number>>;
  readonly figures: readonly Figures[];
}

/** How the name of the contestant that the others of a round are compared with begins. */
export const FLOOR = 'floor';

export function machine(): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${memory} GiB, Node ${process.version}`;
}

/** Median over the rounds, with the lowest and the highest where there are several. */
export function spread(values: readonly number[], digits = 0): string {
  if (values.length === 0) return '';
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  const show = (value: number): string =>
    value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
  if (sorted.length === 1) return show(median);
  return `${show(median)} (${show(sorted[0]!)}–${show(sorted.at(-1)!)})`;
}

/** One table per suite, a line per contestant. */
export function markdown({ about, figures }: Report): string {
  const lines = Object.entries(about).map(([name, value]) => `- ${name}: ${value.toLocaleString('en')}`);
  for (const [suite, ofSuite] of Map.groupBy(figures, (run) => run.suite)) {
    lines.push('', `## ${suite}`, '');
    lines.push(
      '| contestant | per second | ratio to the floor | p50 ms | p99 ms | CPU s per million: client | Postgres | Kafka | peak MiB | CPU % of others | rows | note |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |',
    );
    for (const [contestant, runs] of Map.groupBy(ofSuite, (run) => run.contestant))
      lines.push(`| ${[contestant, ...columns(runs, ofSuite)].join(' | ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

function columns(runs: readonly Figures[], suite: readonly Figures[]): string[] {
  const known = (pick: (run: Figures) => number | undefined): number[] =>
    runs.map(pick).filter((value) => value !== undefined);
  const unique = (pick: (run: Figures) => string | undefined): string =>
    [...new Set(runs.map(pick).filter(Boolean))].join('; ');
  return [
    spread(known((run) => run.perSecond)),
    spread(
      known((run) => ratioToFloor(run, suite)),
      2,
    ),
    spread(
      known((run) => run.p50),
      1,
    ),
    spread(
      known((run) => run.p99),
      1,
    ),
    spread(
      known((run) => run.cpu?.client),
      1,
    ),
    spread(
      known((run) => run.cpu?.postgres),
      1,
    ),
    spread(
      known((run) => run.cpu?.kafka),
      1,
    ),
    spread(known((run) => run.memory)),
    spread(known((run) => (run.others === undefined ? undefined : 100 * run.others))),
    unique((run) => run.rows),
    unique((run) => run.note),
  ];
}

/** Compared within a round only: what else the machine does differs from one to the next. */
function ratioToFloor(run: Figures, suite: readonly Figures[]): number | undefined {
  const floor = suite.find(({ contestant, round }) => contestant.startsWith(FLOOR) && round === run.round);
  if (!floor?.perSecond || run.perSecond === undefined) return undefined;
  return run.perSecond / floor.perSecond;
}

/** @returns the path of the Markdown file; the JSON is beside it */
export function save(folder: string, report: Report): string {
  mkdirSync(folder, { recursive: true });
  const name = join(folder, new Date().toISOString().slice(0, 19).replaceAll(':', '-'));
  writeFileSync(`${name}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${name}.md`, markdown(report));
  return `${name}.md`;
}

/** The value below which that share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
