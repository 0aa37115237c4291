import { hasCompose } from '../docker';
import { findJava, hasMaven, OLDEST_JAVA } from '../java';
import { hasJars } from './jars';

/** The means by which this machine can run Kafka. */
export type KafkaRuntime =
  | { readonly runtime: 'java'; readonly command: string }
  | { readonly runtime: 'docker'; readonly because: string }
  | { readonly runtime: 'none'; readonly because: string; readonly install: string };

const INSTALL = `Install either
  Java ${OLDEST_JAVA} or newer and Maven
    Debian, Ubuntu: sudo apt-get install openjdk-17-jre-headless maven
    macOS:          brew install openjdk maven
  or a Docker engine with compose (it must answer "docker info")
or set KAFKA_BROKERS to a Kafka of yours.`;

/** Prefers Java; uses a Docker engine if Java, or Maven to fetch Kafka, is missing. */
export async function findKafkaRuntime(env: NodeJS.ProcessEnv = process.env): Promise<KafkaRuntime> {
  const java = await findJava(env);
  const missing: string[] = [];
  switch (java.java) {
    case 'found':
      break;
    case 'too-old':
      missing.push(`Java is version ${java.version} (${java.command}), and ${OLDEST_JAVA} is needed`);
      break;
    case 'missing':
      missing.push('Java is missing');
      break;
  }
  if (!hasJars() && !(await hasMaven(env))) missing.push('Maven, which fetches Kafka, is missing');
  if (java.java === 'found' && missing.length === 0) return { runtime: 'java', command: java.command };
  const because = missing.join('; ');
  if (await hasCompose(env)) return { runtime: 'docker', because };
  return { runtime: 'none', because: `${because}; no Docker engine answers`, install: INSTALL };
}
