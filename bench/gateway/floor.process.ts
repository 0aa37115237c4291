/** The floor of the gateway. Arguments: broker, topic. Prints its port. */
import fastify from 'fastify';
import { Kafka, logLevel, type Message } from 'kafkajs';
import type { AddressInfo } from 'node:net';

const [broker, topic] = process.argv.slice(2) as [string, string];
const producer = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).producer({ idempotent: true });

interface Waiting {
  readonly message: Message;
  readonly done: (error?: Error) => void;
}

let queue: Waiting[] = [];
let sending = false;

/** One request at a time; everything that arrives meanwhile goes with the next. */
async function send(): Promise<void> {
  sending = true;
  while (queue.length > 0) {
    const batch = queue;
    queue = [];
    try {
      await producer.send({ topic, acks: -1, messages: batch.map(({ message }) => message) });
      for (const { done } of batch) done();
    } catch (error) {
      for (const { done } of batch) done(error as Error);
    }
  }
  sending = false;
}

function append(message: Message): Promise<void> {
  return new Promise((resolve, reject) => {
    queue.push({ message, done: (error) => (error ? reject(error) : resolve()) });
    if (!sending) void send();
  });
}

async function run(): Promise<void> {
  await producer.connect();
  const app = fastify();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  app.post('/webhooks/jimo', async (request, reply) => {
    const value = request.body as string;
    const { jimer } = JSON.parse(value) as { jimer?: { uid: string } };
    await append({ key: jimer?.uid ?? null, value });
    return reply.code(202).send({ status: 'accepted' });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  process.stdout.write(`port ${(app.server.address() as AddressInfo).port}\n`);
}

process.on('SIGTERM', () => process.exit(0));
void run();
