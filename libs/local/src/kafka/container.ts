import { join } from 'node:path';

import { compose } from '../docker';
import { Child } from '../process/child';
import { projectRoot } from '../project-root';
import type { Running } from '../process/running';
import { answersKafka } from './server';

export interface KafkaContainerOptions {
  /** The compose project: it names the container and the volume that keeps the data. */
  readonly project: string;
  /** On loopback. */
  readonly port: number;
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts the same broker in a container, for machines without Java, and waits until it takes requests. The data
 * is in the compose project's volume and found again at the next start.
 * @throws with the last lines that it wrote when it does not start, or not within 5 min (it may pull the image)
 */
export async function startKafkaContainer(options: KafkaContainerOptions): Promise<Running> {
  const { project, port, onLine, signal } = options;
  const file = join(projectRoot(__dirname), 'docker', 'local-kafka.compose.yml');
  const args = ['--project-name', project, '--file', file];
  const env = { ...process.env, LOCAL_KAFKA_PORT: String(port) };
  // What a killed start left behind would hold the port.
  await compose([...args, 'down', '--timeout', '10'], env);
  // In the foreground: its end is the broker's, and stopping it stops the container.
  const child = await Child.start({
    name: 'kafka',
    command: 'docker',
    args: ['compose', '--ansi', 'never', ...args, 'up', '--abort-on-container-exit', '--no-log-prefix'],
    env,
    tier: 'server',
    stopSignal: 'SIGINT',
    stopGraceMs: 40_000,
    onLine,
    signal,
  });
  const stop = async () => {
    const exit = await child.stop();
    await compose([...args, 'down', '--timeout', '10'], env);
    return exit;
  };
  try {
    await child.whileRunning((ended) =>
      answersKafka([`127.0.0.1:${port}`], { signal: ended, deadlineMs: 300_000 }),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid, exited: child.exited, lastLines: () => child.lastLines(), stop };
}
