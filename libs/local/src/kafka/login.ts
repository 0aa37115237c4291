import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { generatedPassword, passwordIn } from '../password';
import type { SecuredKafka } from './server';

/** The user of the Kafka of `npm start`: for every app, the command line, and readers of the files below. */
export interface KafkaLogin {
  readonly mechanism: 'SCRAM-SHA-512';
  readonly username: string;
  readonly password: string;
}

const MECHANISM = 'SCRAM-SHA-512';
const USERNAME = 'jimo';
/** The broker's own user, for connections to itself and its controller, and for setting the password of the user above. */
const BROKER = 'broker';

/** The login with a password that is generated once and kept in the folder. */
export function kafkaLogin(folder: string): KafkaLogin {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return { mechanism: MECHANISM, username: USERNAME, password: passwordIn(folder) };
}

export const newBrokerPassword = generatedPassword;

export const brokerLogin = (password: string) => ({
  mechanism: 'plain' as const,
  username: BROKER,
  password,
});

/**
 * Listeners that require a password, including the controller's. Clients use SCRAM, so that a process that takes the port
 * while the broker is down learns no password. SCRAM users are part of the broker's data, so the broker's own user, whose
 * password changes at every start, uses PLAIN.
 */
export function passwordListeners(port: number, brokerPassword: string): SecuredKafka {
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required username="${BROKER}" password="${brokerPassword}" user_${BROKER}="${brokerPassword}";`;
  return {
    properties: (controllerPort) => ({
      listeners: `CLIENTS://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `CLIENTS://127.0.0.1:${port}`,
      'listener.security.protocol.map': 'CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT',
      'inter.broker.listener.name': 'CLIENTS',
      'sasl.enabled.mechanisms': `PLAIN,${MECHANISM}`,
      'sasl.mechanism.inter.broker.protocol': 'PLAIN',
      'sasl.mechanism.controller.protocol': 'PLAIN',
      'listener.name.clients.plain.sasl.jaas.config': plain,
      'listener.name.clients.scram-sha-512.sasl.jaas.config':
        'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.controller.plain.sasl.jaas.config': plain,
    }),
    reach: { sasl: brokerLogin(brokerPassword) },
  };
}

/** For Kafka's own tools (`--command-config`), and for kcat and other clients of librdkafka (`-F`). */
export const CLIENT_FILES = { java: 'client.properties', kcat: 'kcat.conf' } as const;

/** Writes the settings for clients, readable by their owner only. */
export function writeClientFiles(folder: string, port: number, login: KafkaLogin): void {
  const { mechanism, username, password } = login;
  const texts = {
    [CLIENT_FILES.java]: [
      `bootstrap.servers=127.0.0.1:${port}`,
      'security.protocol=SASL_PLAINTEXT',
      `sasl.mechanism=${mechanism}`,
      `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";`,
    ],
    [CLIENT_FILES.kcat]: [
      `bootstrap.servers=127.0.0.1:${port}`,
      'security.protocol=sasl_plaintext',
      `sasl.mechanisms=${mechanism}`,
      `sasl.username=${username}`,
      `sasl.password=${password}`,
    ],
  };
  for (const [name, lines] of Object.entries(texts)) {
    const file = join(folder, name);
    writeFileSync(`${file}.new`, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    chmodSync(`${file}.new`, 0o600);
    renameSync(`${file}.new`, file);
  }
}
