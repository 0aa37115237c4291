import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtOnce, cacheFolder, Child, projectRoot } from '@app/local';

/** Files of the bench that are not compiled: the pom, and the Java source. */
export function sourceFile(name: string): string {
  return join(projectRoot(__dirname), 'bench', 'java', name);
}

/**
 * The folder with the jars of the JVM's contestants, fetched through Maven once per machine.
 *
 * @throws {Error} with Maven's last lines when the download fails
 */
export function peerJars(): Promise<string> {
  const pom = sourceFile('peers.pom.xml');
  const folder = join(
    cacheFolder(),
    `bench-peers-${createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 8)}`,
  );
  return builtOnce(folder, async (into) => {
    process.stderr.write('fetching the contestants on the JVM through Maven (once; some 150 MB)\n');
    const maven = await Child.start({
      name: 'maven',
      command: 'mvn',
      args: [
        ...['-B', '-q', '-f', pom],
        ...['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${into}`],
      ],
      tier: 'app',
    });
    const { code } = await maven.exited;
    if (code !== 0)
      throw new Error(`Maven could not fetch the contestants on the JVM:\n${maven.lastLines()}`);
  });
}
