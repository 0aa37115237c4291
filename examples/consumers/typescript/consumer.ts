// Keeps a copy of the events in the topics, and prints each step as a line of JSON.
import { Kafka as CloudEvents, type CloudEventV1, type KafkaMessage as EventMessage } from 'cloudevents';
import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';

const TOPICS = ['jimo.lifecycle', 'jimo.engagement', 'jimo.feedback'];
const ERASED = 'jimo-webhooks.jimer.erased';

type Payload = { readonly jimer?: { readonly uid?: string | null } };
type Copy = { readonly jimer: string | null; readonly keys: Set<string> };

/** By event id: records with the same id describe the same occurrence. */
const copies = new Map<string, Copy>();
/** Erased people, whose later deliveries are ignored. */
const erased = new Set<string>();

const say = (line: object): void => console.log(JSON.stringify(line));

function take(message: KafkaMessage): void {
  const key = message.key!.toString();
  if (message.value === null) return forget(key);

  const event = eventOf(message);
  const jimer = jimerOf(event);
  if (event.type === ERASED) return erase(jimer!);
  if (jimer !== null && erased.has(jimer)) return;

  const copy = copies.get(event.id);
  if (copy) {
    // A redelivery, perhaps with a newer snapshot.
    copy.keys.add(key);
    return;
  }
  copies.set(event.id, { jimer, keys: new Set([key]) });
  const { id, type, source, time } = event;
  say({ kept: id, type, source, time, jimer });
}

/** Handles a tombstone: the record with this key is removed. Its first 36 characters are the event id. */
function forget(key: string): void {
  const id = key.slice(0, 36);
  const copy = copies.get(id);
  if (!copy?.keys.delete(key) || copy.keys.size > 0) return;
  copies.delete(id);
  say({ forgotten: id });
}

/** The event is in every partition that can carry the person, so it arrives several times but is printed once. */
function erase(jimer: string): void {
  for (const [id, copy] of copies) if (copy.jimer === jimer) copies.delete(id);
  if (!erased.has(jimer)) say({ erased: jimer });
  erased.add(jimer);
}

function eventOf({ headers, key, value }: KafkaMessage): CloudEventV1<Payload> {
  const texts = Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]));
  const message: EventMessage = { headers: texts, key: String(key), value, body: value };
  return CloudEvents.toEvent<Payload>(message) as CloudEventV1<Payload>;
}

/** A uid is unique within its workspace, which is the end of the source. */
function jimerOf({ source, data }: CloudEventV1<Payload>): string | null {
  const uid = data?.jimer?.uid;
  return typeof uid === 'string' ? `${source.split('/').at(-1)}/${uid.toLowerCase()}` : null;
}

const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',');
// `npm start` writes both into .data/system.json, under kafka.sasl.
const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = process.env;
const sasl = username && password && { sasl: { mechanism: 'scram-sha-512' as const, username, password } };
const consumer = new Kafka({ brokers, ...sasl, logLevel: logLevel.ERROR }).consumer({
  groupId: process.env['GROUP_ID'] ?? 'example-typescript',
});
process.once('SIGTERM', () => void consumer.disconnect().then(() => process.exit(0)));

await consumer.connect();
await consumer.subscribe({ topics: TOPICS, fromBeginning: true });
await consumer.run({
  // The copy is in memory only, so this consumer commits no offsets and starts from the beginning.
  autoCommit: false,
  eachMessage: async ({ topic, partition, message }) => {
    try {
      take(message);
    } catch (error) {
      // Any client may write to the topic: a record that is not an event must not stop the partition.
      console.error(`${topic}/${partition}@${message.offset} was left out:`, (error as Error).message);
    }
  },
});
