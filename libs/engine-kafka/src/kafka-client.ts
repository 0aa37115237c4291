import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import {
  type Admin,
  CompressionCodecs,
  CompressionTypes,
  type Consumer,
  Kafka,
  type KafkaConfig,
  logLevel,
  type LogEntry,
  type Producer,
} from 'kafkajs';
import { kafkajsBroker, readableBroker, socketFactory } from './broker-address';
import { adaptKafkajs } from './kafkajs';
import { rethrowExplained, settingBehind } from './refusal';

/** Where kafkajs's own lines go; a pino logger is one. */
export interface KafkaLog {
  warn(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

export interface KafkaReach {
  readonly brokers: readonly string[];
  /** PEM texts, in place of the authorities that Node knows. */
  readonly ssl: boolean | { readonly ca: string[] };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

/** Milliseconds and counts, as kafkajs has them; what is left out is kafkajs's own. */
export type KafkaPatience = Pick<KafkaConfig, 'connectionTimeout' | 'requestTimeout' | 'retry'>;

/** Of the codecs that kafkajs lacks, the one that Node has. */
const ZSTD = {
  compress: ({ buffer }: { readonly buffer: Buffer }) => promisify(zstdCompress)(buffer),
  decompress: (buffer: Buffer) => promisify(zstdDecompress)(buffer),
};

const REPEATED_MS = 30_000;

/** Whoever cannot connect is told by which setting. */
class ExplainingKafka extends Kafka {
  override admin(...config: Parameters<Kafka['admin']>): Admin {
    return explaining(super.admin(...config));
  }

  override producer(...config: Parameters<Kafka['producer']>): Producer {
    return explaining(super.producer(...config));
  }

  override consumer(...config: Parameters<Kafka['consumer']>): Consumer {
    return explaining(super.consumer(...config));
  }
}

function explaining<T extends object>(client: T): T {
  for (const [name, method] of Object.entries(client) as [string, unknown][]) {
    if (typeof method !== 'function') continue;
    const call = method as (...args: unknown[]) => unknown;
    Object.defineProperty(client, name, {
      value: (...args: unknown[]) => {
        const result = call(...args);
        return result instanceof Promise ? result.catch(rethrowExplained) : result;
      },
    });
  }
  return client;
}

/**
 * A Kafka client that logs where the app logs. Its errors become warnings, since whoever uses it sees them
 * thrown and knows what they mean; one line does not repeat within half a minute.
 *
 * @throws {Error} when the installed kafkajs is not the one that this adapter is written for
 */
export function createKafka(
  reach: KafkaReach,
  clientId: string,
  log: KafkaLog,
  patience: KafkaPatience = {},
): Kafka {
  adaptKafkajs();
  CompressionCodecs[CompressionTypes.ZSTD] = () => ZSTD;
  return new ExplainingKafka({
    ...patience,
    clientId,
    brokers: reach.brokers.map(kafkajsBroker),
    socketFactory,
    ssl: reach.ssl,
    ...(reach.sasl && { sasl: { ...reach.sasl } as NonNullable<KafkaConfig['sasl']> }),
    logLevel: logLevel.WARN,
    logCreator: () => logTo(log),
  });
}

function logTo(log: KafkaLog): (entry: LogEntry) => void {
  const told = new Map<string, number>();
  return ({ namespace, level, log: { message, broker, error } }) => {
    const hint = settingBehind(error ?? message) ?? undefined;
    const fields = { kafkajs: namespace, broker: readableBroker(broker), reason: error as unknown, hint };
    const key = `${namespace} ${message}`;
    const last = told.get(key) ?? 0;
    if (level > logLevel.ERROR || Date.now() - last < REPEATED_MS) return log.debug(fields, message);
    if (told.size > 1_000) told.clear();
    told.set(key, Date.now());
    log.warn(fields, message);
  };
}
