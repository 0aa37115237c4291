import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type Child,
  createAuthority,
  ensureJars,
  findJava,
  freePorts,
  issue,
  type KafkaAccess,
  startKafka,
  startPostgres,
} from '../../../local/src';

export interface SecuredKafkaServer {
  /** Of the listener for apps: TLS, and SASL by each of the three mechanisms. */
  readonly brokers: string;
  /** The authority's certificate. */
  readonly caFile: string;
  readonly ca: string;
  /** Of another authority. */
  readonly otherCaFile: string;
  /** May do everything; logs in by PLAIN. */
  readonly ops: { readonly username: string; readonly password: string };
  /** As kafkajs takes it. */
  readonly opsAccess: KafkaAccess;
  stop(): Promise<void>;
}

const PROPERTIES = 'listener.name.apps';

/**
 * A Kafka set up as one in production is (and as docker-compose.yml does): TLS, SASL, rules about who may do what;
 * brokers know each other by certificate. For a spec of its own: it starts in some seconds.
 */
export async function startSecuredKafka(): Promise<SecuredKafkaServer> {
  const java = await findJava();
  if (java.java !== 'found') throw new Error(`Java 17 or newer is needed (${java.java}); see the README`);
  const jars = await ensureJars((line) => process.stderr.write(`${line}\n`));
  const folder = mkdtempSync(join(tmpdir(), 'jimo-secured-'));
  const { authority, caFile, otherCaFile } = await authorities(folder);
  const broker = await issue(authority, { name: 'broker', hosts: ['127.0.0.1'], days: 1 });
  const keyFile = join(folder, 'broker.pem');
  writeFileSync(keyFile, broker.key + broker.certificate, { mode: 0o600 });
  const [port, brokersPort] = (await freePorts(2)) as [number, number];
  const ops = { username: 'ops', password: randomBytes(16).toString('hex') };
  const opsAccess: KafkaAccess = {
    ssl: { ca: [authority.certificate] },
    sasl: { mechanism: 'plain', ...ops },
  };
  const properties = (controllerPort: number): Record<string, string> => ({
    listeners: `APPS://127.0.0.1:${port},BROKERS://127.0.0.1:${brokersPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `APPS://127.0.0.1:${port},BROKERS://127.0.0.1:${brokersPort}`,
    'listener.security.protocol.map': 'APPS:SASL_SSL,BROKERS:SSL,CONTROLLER:SSL',
    'inter.broker.listener.name': 'BROKERS',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keyFile,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': caFile,
    'listener.name.brokers.ssl.client.auth': 'required',
    'listener.name.controller.ssl.client.auth': 'required',
    'ssl.principal.mapping.rules': 'RULE:^CN=([a-z0-9-]+)$/$1/,DEFAULT',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [`${PROPERTIES}.plain.sasl.jaas.config`]: `org.apache.kafka.common.security.plain.PlainLoginModule required user_${ops.username}="${ops.password}";`,
    [`${PROPERTIES}.scram-sha-256.sasl.jaas.config`]: SCRAM,
    [`${PROPERTIES}.scram-sha-512.sasl.jaas.config`]: SCRAM,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:broker;User:${ops.username}`,
  });
  let kafka: Child | undefined;
  const stop = async () => {
    await kafka?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const secured = { properties, reach: opsAccess };
    kafka = await startKafka({ folder: join(folder, 'kafka'), port, java: java.command, jars, secured });
  } catch (error) {
    await stop();
    throw error;
  }
  const brokers = `127.0.0.1:${port}`;
  return { brokers, caFile, ca: authority.certificate, otherCaFile, ops, opsAccess, stop };
}

const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';

export interface SecuredPostgresServer {
  /** Of the owner, who is a superuser; with sslmode=verify-full. */
  readonly url: string;
  readonly otherCaFile: string;
  stop(): Promise<void>;
}

/** A PostgreSQL that takes encrypted connections only. */
export async function startSecuredPostgres(): Promise<SecuredPostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'jimo-secured-'));
  const { authority, caFile, otherCaFile } = await authorities(folder);
  const certified = await issue(authority, { name: 'postgres', hosts: ['127.0.0.1'], days: 1 });
  const [port] = (await freePorts(1)) as [number];
  try {
    const { child, url } = await startPostgres({
      folder: join(folder, 'postgres'),
      port,
      tls: { certified, authorityFile: caFile },
      settings: { fsync: 'off', full_page_writes: 'off' },
    });
    const stop = async () => {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    };
    return { url, otherCaFile, stop };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function authorities(folder: string) {
  const authority = await createAuthority('test authority', 2);
  const caFile = join(folder, 'ca.pem');
  const otherCaFile = join(folder, 'other-ca.pem');
  // PostgreSQL runs as another user when root starts it, and has to pass.
  mkdirSync(join(folder, 'postgres'), { recursive: true, mode: 0o711 });
  writeFileSync(caFile, authority.certificate);
  writeFileSync(otherCaFile, (await createAuthority('test authority', 2)).certificate);
  return { authority, caFile, otherCaFile };
}
