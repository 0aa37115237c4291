import { type Servers, startServers } from './servers';

declare global {
  // Jest's setup and teardown share nothing but the process.
  var __testServers: Servers | undefined;
}

/** Jest's global setup of the "integration" project: one Kafka and one PostgreSQL for the run. */
export default async function globalSetup(): Promise<void> {
  const servers = await startServers();
  globalThis.__testServers = servers;
  process.env['TEST_KAFKA_BROKERS'] = servers.brokers;
  process.env['TEST_DATABASE_URL'] = servers.databaseUrl;
}
