import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const LARGEST_BYTES = 32 * 1024 * 1024;
/** The pause after a failure, so that a full disk is not tried for every line. */
const RETRY_MS = 1_000;

/**
 * A file with a part's output. When it is full, it becomes `.1` and replaces the previous one.
 * Writing never throws. If it fails (a full disk, a deleted folder), the lines are lost and counted, and the next line
 * reports the count.
 */
export class LogFile {
  private handle: number | undefined;
  private bytes = 0;
  private lost = 0;
  /** Whether a line was written in part, so that the next text must begin a new line. */
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
      // A full disk may also be reported here; the descriptor is closed anyway.
    }
  }
}
