import {
  CATALOG,
  CE_SOURCE_PREFIX,
  CE_TYPE_PREFIX,
  type JsonSchema,
  SYSTEM_EVENTS,
  SYSTEM_SOURCE_PREFIX,
  SYSTEM_TYPE_PREFIX,
  type Topic,
  TOPICS,
} from '@app/catalog';
import { schemaOfAnyEvent, schemasOfEvents } from './event-schema';
import type { ExampleRecord } from './examples';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** Of a record: the event id followed by the hex SHA-256 of its value. */
const KEY = { type: 'string', pattern: `^${UUID}[0-9a-f]{64}$` };
/** Of the topics in which an event is only as valid as its envelope. */
const SET_ASIDE = ['unrecognized', 'quarantine'] as const;
const TOMBSTONE = 'tombstone';

type TopicName = keyof typeof TOPICS;

const ABOUT: Readonly<Record<TopicName, string>> = {
  lifecycle: "What the customer's team does to an experience. Partitioned by the uid of the experience.",
  engagement: 'Everything that a jimer does. Partitioned by the uid of the jimer.',
  feedback: 'Submitted feedback and its triage. Partitioned by the uid of the request.',
  unrecognized: 'Events whose name is not in the catalogue. Partitioned by the key.',
  quarantine: 'Events of the catalogue that are not valid, with the reasons. Partitioned by the key.',
};

interface Message {
  readonly name: string;
  readonly description: string;
  readonly schema: string;
  readonly headers: JsonSchema;
  readonly topics: readonly Topic[];
}

/** The AsyncAPI 3 document of the topics, as an object. */
export function asyncApi(examples: ReadonlyMap<string, ExampleRecord>, version: string): JsonSchema {
  const reference = (name: string): string => `#/components/schemas/${name}`;
  const all = schemasOfEvents(reference);
  const messages = [...jimoMessages(), ...systemMessages(), ...setAsideMessages()];
  const envelope = schemaOfAnyEvent(reference);
  const parts = new Map(all.flatMap((each) => [...each.parts]));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Jimo webhook events',
      version,
      description:
        'The topics of jimo-webhooks: CloudEvents 1.0 in binary mode. Written by `npm run contracts`. ' +
        'How to consume them is in docs/consuming.md.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(names().map((name) => [name, channel(name, messages)])),
    operations: Object.fromEntries(names().map((name) => [`append-${name}`, operation(name)])),
    components: {
      messages: {
        ...Object.fromEntries(messages.map((message) => [message.name, messageOf(message, examples)])),
        [TOMBSTONE]: tombstone(),
      },
      schemas: {
        ...Object.fromEntries(all.map(({ event, schema }) => [event, schema])),
        [envelope.event.replace(' ', '-')]: envelope.schema,
        ...Object.fromEntries([...parts].sort(([a], [b]) => (a < b ? -1 : 1))),
      },
    },
  };
}

const names = (): TopicName[] => Object.keys(TOPICS) as TopicName[];

function jimoMessages(): Message[] {
  return Object.values(CATALOG).map(({ name, doc, topic, partitionBy }) => ({
    name,
    schema: name,
    description: `${doc} Partitioned by ${partitionBy}.uid.`,
    headers: headersOf(CE_TYPE_PREFIX, CE_SOURCE_PREFIX, name),
    topics: [topic],
  }));
}

function systemMessages(): Message[] {
  return SYSTEM_EVENTS.map(({ name, doc, topics, partitionedBy }) => ({
    name,
    schema: name,
    description: `${doc} Partitioned by ${partitionedBy}.`,
    headers: headersOf(SYSTEM_TYPE_PREFIX, SYSTEM_SOURCE_PREFIX, name),
    topics,
  }));
}

function setAsideMessages(): Message[] {
  return SET_ASIDE.map((name) => {
    const headers = headersOf(CE_TYPE_PREFIX, CE_SOURCE_PREFIX);
    const problems = { type: 'string', description: 'The reasons: a JSON array of {path, message}.' };
    return {
      name: name === 'quarantine' ? 'quarantined' : 'unrecognized',
      schema: 'any-event',
      description: 'An event as it was received; of its value only `event` and `time` may be relied on.',
      headers: name === 'quarantine' ? withHeader(headers, 'ce_problems', problems) : headers,
      topics: [TOPICS[name]],
    };
  });
}

/** @param event undefined: of any name */
function headersOf(typePrefix: string, sourcePrefix: string, event?: string): JsonSchema {
  const properties = {
    ce_specversion: { const: '1.0' },
    ce_id: {
      type: 'string',
      pattern: `^${UUID}$`,
      description: 'Of the occurrence: every delivery of it has the same one.',
    },
    ce_type: event === undefined ? starting(typePrefix) : { const: typePrefix + event },
    ce_source: { ...starting(sourcePrefix), description: 'Ends with the workspace, percent-encoded.' },
    ce_time: {
      type: 'string',
      pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
      description: 'When it happened, in UTC.',
    },
    ce_partitionkey: { type: 'string', minLength: 1, description: 'What the partition was chosen from.' },
    'content-type': { const: 'application/json' },
  };
  return { type: 'object', required: Object.keys(properties), properties };
}

function starting(prefix: string): JsonSchema {
  return { type: 'string', pattern: `^${prefix.replaceAll('.', '\\.')}.+$` };
}

function withHeader(headers: JsonSchema, name: string, schema: JsonSchema): JsonSchema {
  return {
    ...headers,
    required: [...(headers['required'] as string[]), name],
    properties: { ...(headers['properties'] as JsonSchema), [name]: schema },
  };
}

function messageOf(
  { name, description, headers, schema }: Message,
  examples: ReadonlyMap<string, ExampleRecord>,
): JsonSchema {
  const example = examples.get(name);
  return {
    name,
    title: name,
    description,
    contentType: 'application/json',
    headers,
    payload: { $ref: `#/components/schemas/${schema}` },
    bindings: { kafka: { key: KEY, bindingVersion: '0.5.0' } },
    ...(example && { examples: [{ headers: example.headers, payload: example.payload }] }),
  };
}

function tombstone(): JsonSchema {
  return {
    name: TOMBSTONE,
    title: TOMBSTONE,
    description:
      'Nothing stands under this key any more. What a consumer keeps of the record with this key must go.',
    payload: { type: 'null' },
    bindings: { kafka: { key: KEY, bindingVersion: '0.5.0' } },
  };
}

function channel(name: TopicName, messages: readonly Message[]): JsonSchema {
  const topic = TOPICS[name];
  const here = [
    ...messages.filter(({ topics }) => topics.includes(topic)).map((each) => each.name),
    TOMBSTONE,
  ];
  return {
    address: topic,
    title: name,
    description: `${ABOUT[name]} Compacted, without an end of retention.`,
    messages: Object.fromEntries(here.map((each) => [each, { $ref: `#/components/messages/${each}` }])),
    bindings: {
      kafka: {
        topic,
        topicConfiguration: { 'cleanup.policy': ['compact'], 'retention.ms': -1 },
        bindingVersion: '0.5.0',
      },
    },
  };
}

/** Seen from this system, as AsyncAPI wants it: who consumes the topic receives what is sent here. */
function operation(name: TopicName): JsonSchema {
  return {
    action: 'send',
    title: `Append to ${TOPICS[name]}`,
    channel: { $ref: `#/channels/${name}` },
  };
}
