export { builtOnce, cacheFolder } from './cache-folder';
export { findJava, hasMaven, type JavaFound, OLDEST_JAVA, parseJavaVersion } from './java';
export { ensureJars, hasJars, jarsFolder } from './kafka/jars';
export {
  answersKafka,
  type KafkaAccess,
  type KafkaOptions,
  type SecuredKafka,
  startKafka,
} from './kafka/server';
export { freePort, freePorts, holderOf, isPortFree } from './ports';
export { answersPostgres, type PostgresOptions, type PostgresServer, startPostgres } from './postgres/server';
export { Child, type ChildSpec, describeExit, type ExitInfo } from './process/child';
export { identityOf, isAlive } from './process/identity';
export { type LockAttempt, tryLock } from './process/lock';
export type { Tier } from './process/watchdog';
export { projectRoot } from './project-root';
export { DeadlineError, until, type UntilOptions } from './wait';
export { hasCompose } from './docker';
export { type KafkaContainerOptions, startKafkaContainer } from './kafka/container';
export {
  brokerLogin,
  CLIENT_FILES,
  kafkaLogin,
  type KafkaLogin,
  newBrokerPassword,
  passwordListeners,
  writeClientFiles,
} from './kafka/login';
export { findKafkaRuntime, type KafkaRuntime } from './kafka/runtime';
export type { Running } from './process/running';
export { type Certified, createAuthority, issue } from './tls/certificates';
