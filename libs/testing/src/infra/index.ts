export { createDatabase, testBrokers, type TestDatabase, uniqueTopic } from './helpers';
