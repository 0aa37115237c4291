import { styleText } from 'node:util';

const REPEAT_MS = 10_000;

/** Prints short lines to the terminal; everything else goes to the log files. */
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

  /** Prints a warning or error of a part; repetitions within 10 s are only counted. */
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

/** The level names of the apps' logger. */
const SHOWN_LEVELS: Readonly<Record<string, string>> = { warn: 'warning', error: 'error', fatal: 'error' };
const LONGEST = 300;

interface LogLine {
  /** Set on lines by kafkajs, whose relevant errors the app reports itself. */
  readonly kafkajs?: unknown;
  readonly level?: unknown;
  readonly msg?: unknown;
  readonly err?: { readonly message?: unknown };
}

/**
 * The part of an app's output that is printed at once: warnings, errors, and lines that are not log lines. During the
 * start only errors, because the warnings are about servers that are still starting.
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

/** When a process crashes, only the line with the error is printed; the log has the rest. */
const DETAIL = /^\s*$|^\s{4}|^\s*[\^}\])]|^node:|^Node\.js v|^Emitted |^\(Use `node|^file:\/\/|^\/.*:\d+$/;

const shorten = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
