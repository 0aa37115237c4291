import { type ChildProcess, spawn } from 'node:child_process';

/** The order of stopping: servers after the applications that use them. */
export type Tier = 'app' | 'server';

export interface Watched {
  readonly pid: number;
  readonly tier: Tier;
  readonly signal: 'SIGTERM' | 'SIGINT';
}

/**
 * Reads "+ tier signal pid" and "- pid" from its starter until that pipe closes, which means that the starter has ended in
 * any way. Then it stops all registered processes, applications first.
 * The end of a pipe also reveals a SIGKILL, on every Unix and independent of the users of the processes; the kernel's
 * parent-death signal exists only on Linux and is lost when the user changes.
 */
const SCRIPT = `
trap '' INT TERM HUP PIPE
app= server=
without() { rest=; for entry in $2; do [ "\${entry#*:}" = "$1" ] || rest="$rest $entry"; done; }
stop() {
  for entry in $1; do kill "-\${entry%%:*}" "\${entry#*:}" 2>/dev/null; done
  tries=0
  while [ $tries -lt $2 ]; do
    alive=
    for entry in $1; do kill -0 "\${entry#*:}" 2>/dev/null && alive=1; done
    [ -n "$alive" ] || return 0
    sleep 0.1; tries=$((tries + 1))
  done
  for entry in $1; do kill -KILL "\${entry#*:}" 2>/dev/null; done
}
while read -r op a b c; do
  case $op in
    +) if [ "$a" = app ]; then app="$app $b:$c"; else server="$server $b:$c"; fi ;;
    -) without "$a" "$app"; app=$rest; without "$a" "$server"; server=$rest ;;
  esac
done
stop "$app" 250
stop "$server" 300
`;

/** One per process, started with the first child, and restarted if it ends. */
class Watchdog {
  private readonly watched = new Map<number, Watched>();
  private shell: ChildProcess | undefined;

  watch(child: Watched): void {
    this.watched.set(child.pid, child);
    if (this.shell === undefined) this.start();
    else this.tell(child);
  }

  forget(pid: number): void {
    this.watched.delete(pid);
    this.shell?.stdin?.write(`- ${pid}\n`);
  }

  private tell(child: Watched): void {
    this.shell?.stdin?.write(`+ ${child.tier} ${child.signal.slice(3)} ${child.pid}\n`);
  }

  private start(): void {
    // A separate session, so that signals to the starter's process group or terminal do not reach it.
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'local-watchdog'], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    });
    this.shell = shell;
    shell.on('error', () => undefined);
    shell.stdin.on('error', () => undefined);
    shell.once('exit', () => {
      if (this.shell !== shell) return;
      this.shell = undefined;
      if (this.watched.size > 0) this.start();
    });
    shell.unref();
    (shell.stdin as unknown as { unref(): void }).unref();
    for (const child of this.watched.values()) this.tell(child);
  }
}

export const watchdog = new Watchdog();
