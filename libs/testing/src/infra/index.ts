export { createDatabase, testBrokers, type TestDatabase, uniqueTopic } from './helpers';
export { startServers, type Servers } from './servers';
