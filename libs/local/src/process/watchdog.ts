import { type ChildProcess, spawn } from 'node:child_process';

/** Servers are stopped after the applications that use them. */
export type Tier = 'app' | 'server';

export interface Watched {
  readonly pid: number;
  readonly tier: Tier;
  readonly signal: 'SIGTERM' | 'SIGINT';
}

/**
 * Reads "+ tier signal pid" and "- pid" from its starter, and does nothing else until that pipe closes:
 * the starter is gone, however it went. Then it stops what is still registered, applications first.
 *
 * A pipe's end is the one sign of death that a SIGKILL gives too, on every Unix and whatever user the
 * watched run as; the kernel's parent-death signal is Linux's alone and forgotten when a user changes.
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

/** One per process; started with the first child. Its death is noticed and mended. */
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
    // A session of its own: what kills the starter's process group or terminal must not reach it.
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
