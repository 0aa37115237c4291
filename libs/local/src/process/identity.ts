import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Whether a process with that id exists. Where /proc can tell, a zombie counts as gone, unless threads of it are still
 * at their end: those of a killed JVM hold its port for a while after the first one is gone.
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

/** The fields of /proc/PID/stat from the state on; the command before them may hold spaces and brackets. */
function statFields(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/**
 * What tells a process from a later one that was given the same id: when it started.
 * Undefined when there is no such process.
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
