import { decodeFetchesLazily } from './fetch-response';
import { encodeProducesInOnePass } from './produce-protocol';
import { muteNegativeTimeouts } from './timer-warning';

export { clusterOf, type Broker, type Cluster } from './cluster';
export { recordsFrom } from './fetch-response';
export { recordOf } from './record';
export * from './scram-users';

let adapted = false;

/**
 * Replaces the parts of kafkajs that are slow or disturb, for this process.
 *
 * @throws {Error} when the installed kafkajs is not the one that this folder is written for
 */
export function adaptKafkajs(): void {
  if (adapted) return;
  decodeFetchesLazily();
  encodeProducesInOnePass();
  muteNegativeTimeouts();
  adapted = true;
}
