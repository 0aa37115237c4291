import { formatPosition, partitionKey, type VerifyReport } from '@app/engine';
import { PROJECTIONS } from '@app/projections';

import { doJob, projectionNamed } from './jobs';
import { outcomeOf } from './outcome';
import { progressLine, say } from './output';

export interface VerifyOptions {
  readonly dataDir: string;
  readonly all: boolean;
  readonly json: boolean;
}

/** Worse outcomes have higher codes, but for 1, which is an error of any command. */
const EXIT_CODES = { clean: 0, indeterminate: 3, differs: 2 } as const;

/**
 * Proves projections equal to the log, or names the rows that differ.
 *
 * @returns the exit code: 0 when all are clean, 2 when one differs, 3 when one is indeterminate, 1 when one failed
 */
export async function verify(
  names: readonly string[],
  { all, json, dataDir }: VerifyOptions,
): Promise<number> {
  const chosen = all || names.length === 0 ? PROJECTIONS : names.map(projectionNamed);
  const results: VerifyReport[] = [];
  let code = 0;
  for (const projection of chosen) {
    const { name } = projection;
    const tell = json ? () => undefined : (progress: string) => say(`${name}: ${progress}`);
    const job = await doJob(projection, 'verify', {
      dataDir,
      tell: ({ progress }) => tell(progressLine(progress!)),
    });
    if (job.state !== 'succeeded') {
      say(`${name}: the verification: ${outcomeOf(job)}`);
      code = 1;
      continue;
    }
    const report = job.outcome as unknown as VerifyReport;
    results.push(report);
    if (!json) process.stdout.write(`${text(report)}\n`);
    const own = EXIT_CODES[report.outcome];
    // A difference outranks an indeterminate result; an error outranks both.
    if (code !== 1 && code !== 2) code = own === 0 ? code : own;
  }
  if (json) process.stdout.write(`${JSON.stringify({ results: results.map(shown) }, null, 2)}\n`);
  return code;
}

/** With the differences in one list, whatever they are of. */
function shown(report: VerifyReport): object {
  const { offsets, unapplied, comparedRows } = report;
  const differences = [...(comparedRows?.rows.listed ?? []), ...offsets, ...unapplied.listed];
  const reason = report.outcome === 'indeterminate' ? { reason: report.reasons.join('; ') } : {};
  return { ...report, ...reason, differences };
}

function text(report: VerifyReport): string {
  const { projection, outcome, records, seconds, recordsPerSecond, tables, deadLetters, replayable } = report;
  const rows = tables.reduce((sum, table) => sum + table.storedRows, 0);
  const lines = [
    `${projection}: ${outcome}; ${records} records make ${rows} rows in ${tables.length} tables ` +
      `(${seconds.toFixed(1)} s, ${recordsPerSecond} records per second)`,
  ];
  if (report.outcome === 'indeterminate') lines.push(...report.reasons);
  if (deadLetters.count > 0)
    lines.push(
      `${deadLetters.count} dead letters are left out; ${replayable.count} of them could be applied now`,
    );
  for (const { table, differingBuckets, rows: made, storedRows } of tables)
    if (differingBuckets > 0)
      lines.push(
        `${table}: the log makes ${made} rows, the table has ${storedRows}; ${differingBuckets} digests differ`,
      );
  for (const { table, kind, key, columns, log, stored } of report.comparedRows?.rows.listed ?? [])
    lines.push(
      `${table} ${JSON.stringify(key)} is ${kind}: ${columns
        .map(
          (column) =>
            `${column} log ${JSON.stringify(log?.[column])} table ${JSON.stringify(stored?.[column])}`,
        )
        .join(', ')}`,
    );
  if (report.comparedRows?.settled) lines.push('events that arrived since have removed the difference');
  for (const record of report.unapplied.listed)
    lines.push(`${formatPosition(record)} cannot be applied, but is not a dead letter: ${record.reason}`);
  for (const ledger of report.offsets)
    lines.push(
      `${partitionKey(ledger)}: log ${JSON.stringify(ledger.log)}, stored ${JSON.stringify(ledger.stored)}`,
    );
  return lines.join('\n  ');
}
