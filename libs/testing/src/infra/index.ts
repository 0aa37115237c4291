export { EventStream, type StreamedEvent } from './event-stream';
export { createDatabase, createTopic, testBrokers, type TestDatabase, uniqueTopic } from './helpers';
export { type Servers, startServers } from './servers';
export {
  COMPILED,
  opsCommand,
  reachOf,
  type RunningSystem,
  startSystem,
  type SystemInfo,
  type SystemOptions,
} from './system';
export {
  type SecuredKafkaServer,
  type SecuredPostgresServer,
  startSecuredKafka,
  startSecuredPostgres,
} from './secured-servers';
export { until } from '../until';
