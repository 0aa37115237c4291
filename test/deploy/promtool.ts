import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where `.ci/run` puts it. */
const CACHED = join(__dirname, '../../.cache/prometheus/usr/bin/promtool');

/** Prometheus's own tool, of this machine or of this checkout. */
export const PROMTOOL: string | null =
  [...(process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'promtool')), CACHED].find(
    (file) => existsSync(file),
  ) ?? null;

if (PROMTOOL === null)
  console.warn(
    'What promtool says of the alert rules is skipped: there is none (on Debian: apt-get install prometheus, or see .ci/run).',
  );

/** What it prints, and whether it is content. */
export function promtool(...args: readonly string[]): { readonly content: boolean; readonly said: string } {
  const { status, stdout, stderr, error } = spawnSync(PROMTOOL!, args, { encoding: 'utf8' });
  if (error) throw error;
  return { content: status === 0, said: stdout + stderr };
}
