import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Kafka 4's brokers are compiled for it. */
export const OLDEST_JAVA = 17;

export type JavaFound =
  | { readonly java: 'found'; readonly command: string; readonly version: number }
  | { readonly java: 'too-old'; readonly command: string; readonly version: number }
  | { readonly java: 'missing' };

/** The Java of JAVA_HOME, else of the PATH. */
export async function findJava(env: NodeJS.ProcessEnv = process.env): Promise<JavaFound> {
  const home = env['JAVA_HOME'];
  const ofHome = home ? join(home, 'bin', 'java') : undefined;
  const command = ofHome !== undefined && existsSync(ofHome) ? ofHome : 'java';
  try {
    const { stderr, stdout } = await run(command, ['-version'], { env });
    const version = parseJavaVersion(`${stderr}${stdout}`);
    if (version === undefined) return { java: 'missing' };
    return { java: version >= OLDEST_JAVA ? 'found' : 'too-old', command, version };
  } catch {
    // Absent, or macOS's stub that only says where to get one.
    return { java: 'missing' };
  }
}

/** The major version in what `java -version` prints: 17 of `version "17.0.15"`, 8 of `version "1.8.0_402"`. */
export function parseJavaVersion(text: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match ? Number(match[1]) : undefined;
}

/** Whether Maven is there to fetch jars with. */
export async function hasMaven(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  try {
    await run('mvn', ['-v'], { env });
    return true;
  } catch {
    return false;
  }
}
