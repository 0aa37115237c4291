import { styleText } from 'node:util';

const REPEAT_MS = 10_000;

/** Short lines for the person at the terminal; everything else is in the log files. */
export class Terminal {
  private readonly seen = new Map<string, { at: number; more: number }>();

  /** @param write must not throw */
  constructor(private readonly write: (line: string) => void) {}

  say(text: string): void {
    this.write(text);
  }

  of(part: string, text: string): void {
    this.write(`${styleText('dim', `[${part}]`)} ${text}`);
  }

  /** A warning or error that a part logged; the same one again within 10 s is only counted. */
  complaint(part: string, text: string): void {
    const key = `${part} ${text}`;
    const now = Date.now();
    const before = this.seen.get(key);
    if (before !== undefined && now - before.at < REPEAT_MS) {
      before.more += 1;
      return;
    }
    if (this.seen.size > 1_000) this.seen.clear();
    this.seen.set(key, { at: now, more: 0 });
    this.of(part, before?.more ? `${text} (and ${before.more} times before)` : text);
  }
}

/** As the apps' logger names them. */
const SHOWN_LEVELS: Readonly<Record<string, string>> = { warn: 'warning', error: 'error', fatal: 'error' };
const LONGEST = 300;

interface LogLine {
  /** The part of kafkajs whose own line it is: the app says itself what it means, where it means something. */
  readonly kafkajs?: unknown;
  readonly level?: unknown;
  readonly msg?: unknown;
  readonly err?: { readonly message?: unknown };
}

/**
 * What of an app's output a person should see at once: its warnings and errors, and what is not a log line. While it
 * starts only errors: servers that are not there yet are what its warnings are about.
 */
export function complaintOf(
  line: string,
  stream: 'stdout' | 'stderr',
  { starting = false } = {},
): string | undefined {
  if (line.startsWith('{')) {
    let parsed: LogLine;
    try {
      parsed = JSON.parse(line) as LogLine;
    } catch {
      return undefined;
    }
    const level = SHOWN_LEVELS[String(parsed.level)];
    if (level === undefined || parsed.kafkajs !== undefined) return undefined;
    if (starting && level === 'warning') return undefined;
    const message = [parsed.msg, parsed.err?.message].filter(
      (text) => typeof text === 'string' && text !== '',
    );
    const text = [...new Set(message)].join(': ');
    return shorten(`${level}: ${text || line}`);
  }
  return stream === 'stderr' && !DETAIL.test(line) ? shorten(line) : undefined;
}

/** Of what Node prints when a process crashes, the line with the error is enough; the log has all. */
const DETAIL = /^\s*$|^\s{4}|^\s*[\^}\])]|^node:|^Node\.js v|^Emitted |^\(Use `node|^file:\/\/|^\/.*:\d+$/;

const shorten = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
