import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Whether a process with that id exists. With /proc, a zombie counts as ended unless some of its threads remain: those of a
 * killed JVM keep its port for a while after the main thread has ended.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  try {
    return statFields(pid)[0] !== 'Z' || readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return true;
  }
}

/** The fields of /proc/PID/stat from the state on; the command before them may contain spaces and brackets. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/**
 * The start time of a process, which distinguishes it from a later one with the same id. Undefined if it does not exist.
 */
export function identityOf(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  try {
    return `${pid}@${statFields(pid)[19]}`;
  } catch {
    // Not Linux.
  }
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started ? `${pid}@${started}` : undefined;
  } catch {
    return undefined;
  }
}
