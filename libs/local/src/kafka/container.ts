import { join } from 'node:path';

import { Child } from '../process/child';
import { toolEnvironment } from '../process/environment';
import { projectRoot } from '../project-root';
import { passwordListeners } from './login';
import { answersKafka } from './server';

export interface KafkaContainerOptions {
  /** The compose project, which names the container and the volume with the data. */
  readonly project: string;
  /** The port on loopback. */
  readonly port: number;
  /** The password of the broker's own user (login.ts). */
  readonly brokerPassword: string;
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A shell script that runs as long as the container: it ends with the container, and removes it on a signal. The container
 * is detached, because not every version of `docker compose up` in the foreground forwards signals. The arguments are
 * those of `docker compose`.
 */
const SCRIPT = `
down() { docker compose "$@" down --timeout 20 >/dev/null 2>&1; }
trap 'down "$@"; exit 0' INT TERM
# What a killed start left behind would hold the port.
down "$@"
docker compose "$@" up --detach --quiet-pull & wait $! || exit 1
docker compose "$@" logs --follow --no-log-prefix &
docker compose "$@" wait kafka >/dev/null & wait $!
`;

/**
 * Starts the same broker in a container, for machines without Java, and waits until it accepts requests. The data is in
 * the compose project's volume and is kept for the next start.
 * @throws with the last lines of its output if it does not start within 5 min (it may pull the image)
 */
export async function startKafkaContainer(options: KafkaContainerOptions): Promise<Child> {
  const { project, port, brokerPassword, onLine, signal } = options;
  const access = passwordListeners(port, brokerPassword).reach;
  const file = join(projectRoot(__dirname), 'docker', 'local-kafka.compose.yml');
  const child = await Child.start({
    name: 'kafka',
    command: '/bin/sh',
    args: ['-c', SCRIPT, 'local-kafka', '--ansi', 'never', '--project-name', project, '--file', file],
    env: { ...toolEnvironment(), LOCAL_KAFKA_PORT: String(port), LOCAL_KAFKA_PASSWORD: brokerPassword },
    tier: 'server',
    stopGraceMs: 40_000,
    onLine,
    signal,
  });
  try {
    await child.whileRunning((ended) =>
      answersKafka([`127.0.0.1:${port}`], { signal: ended, deadlineMs: 300_000, access }),
    );
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
}
