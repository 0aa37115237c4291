import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const LARGEST_BYTES = 32 * 1024 * 1024;

/** A part's output, kept in a file; a full file becomes `.1` and takes the place of the one before. */
export class LogFile {
  private handle: number;
  private bytes: number;

  constructor(private readonly path: string) {
    this.handle = openSync(path, 'a', 0o600);
    this.bytes = fstatSync(this.handle).size;
  }

  line(text: string): void {
    if (this.bytes > LARGEST_BYTES) {
      closeSync(this.handle);
      renameSync(this.path, `${this.path}.1`);
      this.handle = openSync(this.path, 'a', 0o600);
      this.bytes = 0;
    }
    this.bytes += writeSync(this.handle, `${text}\n`);
  }
}
