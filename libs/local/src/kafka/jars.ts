import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { builtOnce, cacheFolder } from '../cache-folder';
import { Child, describeExit } from '../process/child';
import { toolEnvironment } from '../process/environment';
import { projectRoot } from '../project-root';
import { parseChecksums, verifyChecksums } from './checksums';

const pomFile = () => join(projectRoot(__dirname), 'libs', 'local', 'kafka.pom.xml');

const checksumsFile = () => join(projectRoot(__dirname), 'libs', 'local', 'kafka.jars.sha256');

/** Named after a digest of the pom and the checksums, so that another version or jar has another folder. */
export function jarsFolder(): string {
  const pom = readFileSync(pomFile());
  const checksums = readFileSync(checksumsFile());
  const version = /<artifactId>kafka_[\d.]+<\/artifactId>\s*<version>([^<]+)</.exec(pom.toString())?.[1];
  return join(
    cacheFolder(),
    `kafka-${version}-${createHash('sha256').update(pom).update(checksums).digest('hex').slice(0, 8)}`,
  );
}

export const hasJars = (): boolean => existsSync(jarsFolder());

/**
 * The folder with Kafka's jars, which Maven fetches if it does not exist (some 100 MB).
 * @param onProgress called occasionally with a line about the progress
 * @throws with Maven's output if the download fails, or naming files with another SHA-256
 */
export async function ensureJars(
  onProgress: (line: string) => void = () => undefined,
  signal?: AbortSignal,
): Promise<string> {
  const build = async (into: string) => {
    onProgress('fetching Kafka through Maven (once; some 100 MB)');
    let fetched = 0;
    let reported = Date.now();
    const errors: string[] = [];
    const maven = await Child.start({
      name: 'maven',
      command: 'mvn',
      args: [
        '-B',
        ...['-f', pomFile()],
        ...['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${into}`],
      ],
      env: toolEnvironment(),
      tier: 'app',
      signal,
      onLine: (line) => {
        if (line.includes('[ERROR]')) errors.push(line);
        if (!line.includes('Downloaded from')) return;
        fetched += 1;
        if (Date.now() - reported < 3_000) return;
        reported = Date.now();
        onProgress(`fetching Kafka through Maven: ${fetched} files so far`);
      },
    });
    const exit = await maven.exited;
    if (exit.code !== 0) {
      const said = errors.slice(0, 8).join('\n') || maven.lastLines();
      throw new Error(`Maven could not fetch Kafka (${describeExit(exit)}):\n${said}`);
    }
    try {
      await verifyChecksums(into, parseChecksums(readFileSync(checksumsFile(), 'utf8')));
    } catch (error) {
      throw new Error(
        `What Maven fetched is not the Kafka that this project was tested with, and is not used:\n` +
          `${(error as Error).message}\nDelete these files below ~/.m2/repository and start again. If it stays so, ` +
          'the repository that Maven uses gives something else (libs/local/kafka.jars.sha256).',
        { cause: error },
      );
    }
  };
  return builtOnce(jarsFolder(), build, signal);
}
