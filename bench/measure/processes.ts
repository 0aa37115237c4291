import { readdirSync, readFileSync } from 'node:fs';

/** Of Linux on every architecture that Node runs on: the unit of /proc's CPU times. */
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Seconds of the process itself, and of its children that it has waited for. */
  readonly own: number;
  readonly reaped: number;
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command before the fields may hold spaces and brackets.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = (from: number): number =>
      (Number(fields[from]) + Number(fields[from + 1])) / TICKS_PER_SECOND;
    return { pid, parent: Number(fields[1]), own: ticks(11), reaped: ticks(13) };
  } catch {
    return null;
  }
}

/**
 * CPU seconds that a process and its descendants have used so far, those that ended included (Postgres has a
 * process per connection, and waits for each).
 */
export function cpuSeconds(root: number): number {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat !== null);
  const sum = (pid: number): number => {
    const stat = all.find((candidate) => candidate.pid === pid);
    if (!stat) return 0;
    const children = all.filter(({ parent }) => parent === pid);
    return stat.own + stat.reaped + children.reduce((total, child) => total + sum(child.pid), 0);
  };
  return sum(root);
}

/** The most memory that a process has had resident so far, in MiB; 0 when it is gone. */
export function peakMemory(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

/** CPU seconds that the whole machine has been busy so far, whoever was at work; time stolen by its host included. */
export function machineSeconds(): number {
  const fields = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]!
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const [user, nice, system, , , irq, softirq, steal] = fields;
  return (user! + nice! + system! + irq! + softirq! + steal!) / TICKS_PER_SECOND;
}
