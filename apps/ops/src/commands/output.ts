/** Prints progress and errors to standard error; standard output is for the result. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export const DAY_MS = 86_400_000;

/** The progress of a job as a line. */
export function progressLine(progress: Readonly<Record<string, unknown>>): string {
  const { phase, step, done, total, rate, secondsLeft } = progress as {
    readonly phase: string;
    readonly step: string | null;
    readonly done: number;
    readonly total: number;
    readonly rate: number | null;
    readonly secondsLeft: number | null;
  };
  const parts = [phase];
  if (step) parts.push(step);
  if (total > 0) parts.push(`${done} of ${total} offsets (${Math.floor((100 * done) / total)} %)`);
  if (rate) parts.push(`${rate} per second`);
  if (secondsLeft) parts.push(`${duration(secondsLeft)} left`);
  return parts.join(', ');
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

/** Aligns columns; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
