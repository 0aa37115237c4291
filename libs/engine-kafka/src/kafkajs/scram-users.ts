import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Kafka } from 'kafkajs';
import { clusterOf } from './cluster';
import { internals, type Decoder, type Encoder } from './internals';

/** AlterUserScramCredentials, which kafkajs does not have (Kafka's protocol guide; KIP-554). */
const API_KEY = 51;
const MECHANISMS = { 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 } as const;
const DIGESTS = { 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-512': 'sha512' } as const;
const SIZES = { 'SCRAM-SHA-256': 32, 'SCRAM-SHA-512': 64 } as const;
const ITERATIONS = 8_192;
const RESOURCE_NOT_FOUND = 91;

export type ScramMechanism = keyof typeof MECHANISMS;

interface Result {
  readonly user: string;
  readonly code: number;
  readonly message: string | null;
}

/**
 * Gives a user a password, or another one. Who is connected stays so; the next login needs the new one. A user may
 * have a password for each mechanism. It is salted and hashed here: the brokers never see it.
 *
 * @throws {Error} what Kafka says when it refuses
 */
export async function setScramPassword(
  kafka: Kafka,
  username: string,
  password: string,
  mechanism: ScramMechanism,
): Promise<void> {
  const salt = randomBytes(24);
  const salted = await promisify(pbkdf2)(password, salt, ITERATIONS, SIZES[mechanism], DIGESTS[mechanism]);
  const upsertion = encoder()
    .writeUVarIntString(username)
    .writeInt8(MECHANISMS[mechanism])
    .writeInt32(ITERATIONS)
    .writeUVarIntBytes(salt)
    .writeUVarIntBytes(salted)
    .writeUVarIntBytes();
  const [result] = await alter(kafka, [], [upsertion]);
  if (result?.code !== 0) throw refused(username, result);
}

/** Takes a user's password away; safe to repeat. */
export async function dropScramPassword(
  kafka: Kafka,
  username: string,
  mechanism: ScramMechanism,
): Promise<void> {
  const deletion = encoder()
    .writeUVarIntString(username)
    .writeInt8(MECHANISMS[mechanism])
    .writeUVarIntBytes();
  const [result] = await alter(kafka, [deletion], []);
  if (result?.code !== 0 && result?.code !== RESOURCE_NOT_FOUND) throw refused(username, result);
}

function refused(username: string, result: Result | undefined): Error {
  return new Error(
    `Kafka does not change the password of ${username}: ${result?.message ?? `error ${result?.code ?? 'unknown'}`}`,
  );
}

async function alter(
  kafka: Kafka,
  deletions: readonly Encoder[],
  upsertions: readonly Encoder[],
): Promise<readonly Result[]> {
  const request = {
    apiKey: API_KEY,
    apiVersion: 0,
    apiName: 'AlterUserScramCredentials',
    encode: () =>
      Promise.resolve(
        // The first are the tagged fields of the request's header.
        encoder()
          .writeUVarIntBytes()
          .writeUVarIntArray(deletions)
          .writeUVarIntArray(upsertions)
          .writeUVarIntBytes(),
      ),
  };
  const response = {
    decode: (bytes: Buffer) => {
      const answer = decoder(bytes);
      answer.readTaggedFields();
      answer.readInt32();
      const results = answer.readUVarIntArray((each): Result => {
        const user = each.readUVarIntString() ?? '';
        const result = { user, code: each.readInt16(), message: each.readUVarIntString() };
        each.readTaggedFields();
        return result;
      });
      return Promise.resolve(results ?? []);
    },
    parse: (results: readonly Result[]) => Promise.resolve(results),
  };
  const cluster = clusterOf(kafka, { metadataMaxAge: 60_000, allowAutoTopicCreation: false });
  try {
    await cluster.connect();
    await cluster.refreshMetadata();
    const { connectionPool } = await cluster.findControllerBroker();
    return await connectionPool.send<readonly Result[]>({ request, response });
  } finally {
    await cluster.disconnect();
  }
}

const encoder = (): Encoder => new (internals().Encoder)();
const decoder = (bytes: Buffer): Decoder => new (internals().Decoder)(bytes);
