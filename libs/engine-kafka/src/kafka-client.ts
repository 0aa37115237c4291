import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import {
  CompressionCodecs,
  CompressionTypes,
  Kafka,
  type KafkaConfig,
  logLevel,
  type LogEntry,
} from 'kafkajs';
import { decodeFetchesLazily } from './fetch/response';

/** Where kafkajs's own lines go; a pino logger is one. */
export interface KafkaLog {
  warn(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

export interface KafkaReach {
  readonly brokers: readonly string[];
  readonly ssl: boolean;
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

/**
 * A Kafka client that logs where the app logs. Its errors become warnings, since whoever uses it sees them
 * thrown and knows what they mean; one line does not repeat within half a minute.
 *
 * @throws {Error} when the installed kafkajs is not the one that records are decoded with
 */
export function createKafka(
  reach: KafkaReach,
  clientId: string,
  log: KafkaLog,
  patience: KafkaPatience = {},
): Kafka {
  muteNegativeTimeouts();
  decodeFetchesLazily();
  CompressionCodecs[CompressionTypes.ZSTD] = () => ZSTD;
  return new Kafka({
    ...patience,
    clientId,
    brokers: [...reach.brokers],
    ssl: reach.ssl,
    ...(reach.sasl && { sasl: { ...reach.sasl } as NonNullable<KafkaConfig['sasl']> }),
    logLevel: logLevel.WARN,
    logCreator: () => logTo(log),
  });
}

function logTo(log: KafkaLog): (entry: LogEntry) => void {
  const told = new Map<string, number>();
  return ({ namespace, level, log: { message, broker, error } }) => {
    const fields = { kafkajs: namespace, broker: broker as unknown, reason: error as unknown };
    const key = `${namespace} ${message}`;
    const last = told.get(key) ?? 0;
    if (level > logLevel.ERROR || Date.now() - last < REPEATED_MS) return log.debug(fields, message);
    if (told.size > 1_000) told.clear();
    told.set(key, Date.now());
    log.warn(fields, message);
  };
}

let muted = false;

/**
 * kafkajs computes a negative delay for a timer that it does not need (RequestQueue, when nothing is pending).
 * Node runs such a timer at once, as intended, but warns of it on standard error from version 24 on.
 */
function muteNegativeTimeouts(): void {
  if (muted) return;
  muted = true;
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    const [warning, type] = args;
    const name = warning instanceof Error ? warning.name : typeof type === 'string' ? type : undefined;
    if (name !== 'TimeoutNegativeWarning') emitWarning(...args);
  };
}
