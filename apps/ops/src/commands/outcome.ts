type Outcome = Readonly<Record<string, unknown>>;

/** The parts of an ended job that are printed. */
export interface OverJob {
  readonly kind: string;
  readonly state: string;
  readonly outcome: Outcome | null;
  readonly finishedAt?: Date | null;
}

/** The outcome of a job as text. */
export function outcomeOf({ kind, state, outcome }: OverJob): string {
  if (outcome === null) return state;
  if (state !== 'succeeded')
    return typeof outcome['reason'] === 'string' ? `${state}: ${outcome['reason']}` : state;
  return WORDS[kind]?.(outcome) ?? state;
}

/** The newest job of a kind as a line; a running job has no outcome yet. */
export function jobLine(name: string, job: OverJob): string {
  const when = job.finishedAt ? ` (${job.finishedAt.toISOString()})` : '';
  return `${name}: last ${job.kind}${when}: ${outcomeOf(job)}`;
}

const WORDS: Readonly<Record<string, (outcome: Outcome) => string>> = {
  rebuild: ({ generation, offsets, seconds }) =>
    `generation ${String(generation)} serves; built from ${String(offsets)} offsets in ${String(seconds)} s`,
  verify: ({ outcome, records, tables, seconds, reasons }) => {
    const rows = (tables as readonly { readonly storedRows: number }[]).reduce(
      (sum, { storedRows }) => sum + storedRows,
      0,
    );
    const why = outcome === 'indeterminate' ? `: ${(reasons as readonly string[]).join('; ')}` : '';
    return `${String(outcome)}${why}; ${String(records)} records make ${rows} rows (${Number(seconds).toFixed(1)} s)`;
  },
  snapshot: ({ name, generation, verified, records, rows, seconds, reasons }) =>
    `snapshot ${String(name)} is kept as generation ${String(generation)}: ${String(records)} records make ${String(rows)} rows, ` +
    `${String(verified)}${(reasons as readonly string[]).map((reason) => `: ${reason}`).join('')} (${String(seconds)} s)`,
  'verify-snapshot': ({ name, asMade, reasons }) =>
    asMade === true
      ? `snapshot ${String(name)} is as it was made; against the log it is indeterminate: ${(reasons as readonly string[]).join('; ')}`
      : `snapshot ${String(name)} differs from what it was when it was made`,
  repair: ({ corrected, offsets, notNamed, seconds }) =>
    `${String(corrected)} rows and counts corrected, after ${String(offsets)} offsets of the log (${String(seconds)} s)` +
    (Number(notNamed) > 0 ? `; ${String(notNamed)} more differ that the verification did not name` : ''),
  rollback: ({ rolledBack, generation, reason }) =>
    rolledBack === true ? `generation ${String(generation)} serves again` : `not possible: ${String(reason)}`,
  replay: ({ asked, replayed, failed, 'resolved before': before }) =>
    `records asked for: ${String(asked)}; applied: ${String(replayed)}; failed again: ${String(failed)}; ` +
    `resolved before: ${String(before)}`,
  erase: ({ jimers, tombstones, kept, others }) =>
    `people erased: ${String(jimers)}; records with a tombstone: ${String(tombstones)}; ` +
    `events that keep what only theirs told of experiences: ${String(kept)}` +
    (Number(others ?? 0) > 0
      ? `; other records with the same e-mail address or identify token, which stay: ${String(others)}`
      : ''),
};
