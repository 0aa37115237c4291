import './global-setup';

/** Jest's global teardown of the "integration" project. A killed run is cleaned up by libs/local's watchdog. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.__testServers?.stop();
  globalThis.__testServers = undefined;
}
