import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

import type { ExitInfo } from '../process/child';
import { javaEnvironment } from '../process/environment';
import { type LockAttempt, tryLock } from '../process/lock';

const run = promisify(execFile);

/**
 * The classes of Kafka in the form in which a JVM maps them into memory (AppCDS), instead of parsing and verifying each
 * at every start: nearly half of a start's processor time. The first broker that a machine runs writes the archive when
 * it ends. A JVM ignores an archive that does not suit it.
 */
export interface ClassArchive {
  /** Options of the JVM. */
  readonly options: readonly string[];
  /**
   * To be called when a broker or tool with these options has ended. Keeps what a broker wrote, and removes an archive
   * that a JVM crashed with.
   * @returns whether to start again, now without an archive
   */
  ended(exit: ExitInfo): 'start-again' | 'as-it-is';
}

export const NO_ARCHIVE: ClassArchive = { options: [], ended: () => 'as-it-is' };

/** The archive for this Java and these jars, beside the folder of the jars. */
export async function classArchive(java: string, jars: string): Promise<ClassArchive> {
  try {
    const file = `${jars}-${await digestOf(java)}.jsa`;
    if (existsSync(file)) return present(file);
    const lock = tryLock(`${file}.lock`);
    return lock.lock === 'taken' ? toBeWritten(file, jars, lock) : NO_ARCHIVE;
  } catch {
    // Without an archive everything works as well, only slower: for example in a folder that cannot be written to.
    return NO_ARCHIVE;
  }
}

const present = (file: string): ClassArchive => ({
  options: [`-XX:SharedArchiveFile=${file}`, ...QUIETLY],
  ended: ({ signal }) => {
    // A JVM ends itself with this signal, for example where the archive is truncated.
    if (signal !== 'SIGABRT') return 'as-it-is';
    rmSync(file, { force: true });
    return 'start-again';
  },
});

/** Without the warnings about classes that do not fit into an archive, or an archive of another build. */
const QUIETLY = ['-XX:+IgnoreUnrecognizedVMOptions', '-Xlog:cds=off', '-Xlog:cds+dynamic=off'];

function toBeWritten(
  file: string,
  jars: string,
  lock: Extract<LockAttempt, { lock: 'taken' }>,
): ClassArchive {
  const part = `${file}.part`;
  rmSync(part, { force: true });
  return {
    options: [`-XX:ArchiveClassesAtExit=${part}`, ...QUIETLY],
    ended: ({ code }) => {
      try {
        // A killed JVM may leave an incomplete file.
        if (code !== null && existsSync(part)) keep(part, file, jars);
      } catch {
        // The next broker writes it.
      } finally {
        rmSync(part, { force: true });
        lock.release();
      }
      return 'as-it-is';
    },
  };
}

/** Renamed into place once it is on disk, because a JVM crashes on a truncated archive. Replaces those of other Javas. */
function keep(part: string, file: string, jars: string): void {
  const written = openSync(part, 'r');
  try {
    fsyncSync(written);
  } finally {
    closeSync(written);
  }
  for (const name of readdirSync(dirname(jars)))
    if (name.startsWith(`${basename(jars)}-`) && name.endsWith('.jsa'))
      rmSync(join(dirname(jars), name), { force: true });
  renameSync(part, file);
}

/** Distinguishes builds of Java. */
async function digestOf(java: string): Promise<string> {
  const { stdout, stderr } = await run(java, ['-version'], { env: javaEnvironment() });
  return createHash('sha256').update(stdout).update(stderr).digest('hex').slice(0, 8);
}
