import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const LARGEST_BYTES = 32 * 1024 * 1024;
/** How long to wait after a failure: a full disk is asked for room once in a while, not for every line. */
const RETRY_MS = 1_000;

/**
 * A part's output, kept in a file; a full file becomes `.1` and takes the place of the one before.
 *
 * Writing may fail (a full disk, a folder that is gone) and never throws: the lines are lost and counted, and the
 * first line after it says how many.
 */
export class LogFile {
  private handle: number | undefined;
  private bytes = 0;
  private lost = 0;
  /** A line was written in part: what follows begins a new one. */
  private isTorn = false;
  private because = '';
  private failedAt = -Infinity;

  constructor(
    private readonly path: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  line(text: string): void {
    if (this.now() - this.failedAt < RETRY_MS) {
      this.lost += 1;
      return;
    }
    try {
      if (this.lost > 0) this.write(`(${this.lost} lines were not written: ${this.because})\n`);
      this.lost = 0;
      this.write(`${text}\n`);
    } catch (error) {
      this.lost += 1;
      this.because = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
      this.failedAt = this.now();
      this.close();
    }
  }

  private write(text: string): void {
    const data = Buffer.from(this.isTorn ? `\n${text}` : text);
    if (this.bytes > 0 && this.bytes + data.length > LARGEST_BYTES) {
      this.close();
      renameSync(this.path, `${this.path}.1`);
    }
    this.handle ??= this.open();
    for (let done = 0; done < data.length;) {
      const written = writeSync(this.handle, data, done);
      done += written;
      this.bytes += written;
      this.isTorn = done < data.length;
    }
  }

  private open(): number {
    const handle = openSync(this.path, 'a', 0o600);
    this.bytes = fstatSync(handle).size;
    return handle;
  }

  private close(): void {
    const { handle } = this;
    this.handle = undefined;
    this.bytes = 0;
    try {
      if (handle !== undefined) closeSync(handle);
    } catch {
      // A full disk may also tell so here; the descriptor is gone all the same.
    }
  }
}
