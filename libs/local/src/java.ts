import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The minimum version of Java for the brokers of Kafka 4. */
export const OLDEST_JAVA = 17;

export type JavaFound =
  | { readonly java: 'found'; readonly command: string; readonly version: number }
  | { readonly java: 'too-old'; readonly command: string; readonly version: number }
  | { readonly java: 'missing' };

/** The Java of JAVA_HOME, otherwise of the PATH. */
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
    // Java is absent, or it is the stub of macOS that only prints where to get it.
    return { java: 'missing' };
  }
}

/** The major version in the output of `java -version`: 17 for `version "17.0.15"`, 8 for `version "1.8.0_402"`. */
export function parseJavaVersion(text: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match ? Number(match[1]) : undefined;
}

/** Whether Maven is available to fetch jars. */
export async function hasMaven(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  try {
    await run('mvn', ['-v'], { env });
    return true;
  } catch {
    return false;
  }
}
