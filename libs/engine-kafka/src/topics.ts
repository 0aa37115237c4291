import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, ConfigResourceTypes } from 'kafkajs';

/** What topics are created with and must have. Times in milliseconds. */
export interface TopicRequirements {
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly minInsyncReplicas: number;
  readonly minCompactionLagMs: number;
  readonly maxCompactionLagMs: number;
}

export interface TopicDifference {
  readonly topic: string;
  readonly setting: string;
  readonly found: string;
  readonly wanted: string;
}

/** Topics exist that are not as they must be. Nothing was changed about them. */
export class TopicMismatch extends Error {
  override readonly name = 'TopicMismatch';

  constructor(readonly differences: readonly TopicDifference[]) {
    super(differences.map(differenceText).join('; '));
  }
}

/** The settings of the apps that say what some of it must be. */
const ASKED_BY: Readonly<Record<string, string>> = {
  partitions: 'KAFKA_TOPIC_PARTITIONS',
  'replication factor': 'KAFKA_REPLICATION_FACTOR',
  'min.insync.replicas': 'KAFKA_MIN_INSYNC_REPLICAS',
};

function differenceText({ topic, setting, found, wanted }: TopicDifference): string {
  const by = ASKED_BY[setting];
  return `topic ${topic}: ${setting} is ${found}, must be ${wanted}${by === undefined ? '' : ` (${by})`}`;
}

/**
 * Brokers store what a foreign producer compressed without its compression: not every client has every codec
 * (kafkajs has neither snappy nor lz4), and a batch that cannot be decoded would stop its partition.
 * Set on creation; an existing topic may choose otherwise.
 */
const READABLE_BY_ALL = { name: 'compression.type', value: 'uncompressed' };

const CREATION_MS = 15_000;
const PROPAGATION_MS = 100;

/**
 * Creates the topics that are missing and checks all of them. Running it twice, or in two processes at once,
 * is harmless.
 *
 * @param admin connected
 * @throws {TopicMismatch} when a topic exists with other settings
 * @throws kafkajs's errors when Kafka does not answer or refuses to create one
 */
export async function ensureTopics(
  admin: Admin,
  topics: readonly string[],
  requirements: TopicRequirements,
): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const configEntries = Object.entries(configOf(requirements)).map(([name, value]) => ({ name, value }));
  for (const topic of topics) {
    if (existing.has(topic)) continue;
    // One at a time: of several, one that another process created meanwhile would hide how the rest went.
    await admin.createTopics({
      topics: [
        {
          topic,
          numPartitions: requirements.partitions,
          replicationFactor: requirements.replicationFactor,
          configEntries: [...configEntries, READABLE_BY_ALL],
        },
      ],
      // Asks before every broker knows of the topic, and takes that for a failure: `onceKnown` waits instead.
      waitForLeaders: false,
      timeout: CREATION_MS,
    });
  }
  const differences = await onceKnown(() => settingsDifferences(admin, topics, requirements));
  if (differences.length > 0) throw new TopicMismatch(differences);
}

/** A topic that was just created is not known to every broker at once. */
async function onceKnown<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + CREATION_MS; ; await sleep(PROPAGATION_MS)) {
    try {
      return await ask();
    } catch (error) {
      const { type } = error as { type?: unknown };
      const early = type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'LEADER_NOT_AVAILABLE';
      if (!early || Date.now() > deadline) throw error;
    }
  }
}

/** Without these, records are lost that no later one replaces. */
const KEPT_FOR_GOOD = { 'cleanup.policy': 'compact', 'retention.ms': '-1', 'retention.bytes': '-1' };

/**
 * A record stays for good unless a later one has its key, and not before it is `minCompactionLagMs` old; a
 * tombstone has removed its record `maxCompactionLagMs` later at the latest.
 */
function configOf(requirements: TopicRequirements): Readonly<Record<string, string>> {
  return {
    'cleanup.policy': KEPT_FOR_GOOD['cleanup.policy'],
    'min.compaction.lag.ms': String(requirements.minCompactionLagMs),
    'max.compaction.lag.ms': String(requirements.maxCompactionLagMs),
    'retention.ms': KEPT_FOR_GOOD['retention.ms'],
    'retention.bytes': KEPT_FOR_GOOD['retention.bytes'],
    'min.insync.replicas': String(requirements.minInsyncReplicas),
  };
}

/**
 * What of existing topics is not as it must be; a topic that is gone is one difference.
 *
 * @param admin connected
 * @param requirements null: only what decides whether records are kept for good
 * @throws kafkajs's errors when Kafka does not answer
 */
export async function topicDifferences(
  admin: Admin,
  topics: readonly string[],
  requirements: TopicRequirements | null,
): Promise<readonly TopicDifference[]> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic));
  const found = topics.filter((topic) => existing.has(topic));
  return [
    ...missing.map((topic) => ({ topic, setting: 'the topic', found: 'missing', wanted: 'there' })),
    ...(found.length === 0
      ? []
      : requirements === null
        ? await configDifferences(admin, found, KEPT_FOR_GOOD)
        : await settingsDifferences(admin, found, requirements)),
  ];
}

async function settingsDifferences(
  admin: Admin,
  topics: readonly string[],
  requirements: TopicRequirements,
): Promise<TopicDifference[]> {
  const differences: TopicDifference[] = [];
  const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
  for (const { name: topic, partitions } of metadata.topics) {
    // More partitions are harmless: nothing depends on the order of events, and topics grow so.
    if (partitions.length < requirements.partitions)
      differences.push({
        topic,
        setting: 'partitions',
        found: String(partitions.length),
        wanted: `${requirements.partitions} or more`,
      });
    // More replicas are harmless too, and are there while partitions move between brokers.
    const replicas = Math.min(...partitions.map((partition) => partition.replicas.length));
    if (replicas < requirements.replicationFactor)
      differences.push({
        topic,
        setting: 'replication factor',
        found: String(replicas),
        wanted: String(requirements.replicationFactor),
      });
  }
  return [...differences, ...(await configDifferences(admin, topics, configOf(requirements)))];
}

async function configDifferences(
  admin: Admin,
  topics: readonly string[],
  wanted: Readonly<Record<string, string>>,
): Promise<TopicDifference[]> {
  const differences: TopicDifference[] = [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configNames: Object.keys(wanted),
    })),
  });
  for (const { resourceName: topic, configEntries } of resources) {
    const found = new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]));
    for (const [setting, value] of Object.entries(wanted)) {
      const actual = found.get(setting) ?? 'not told by the broker';
      if (actual !== value) differences.push({ topic, setting, found: actual, wanted: value });
    }
  }
  return differences;
}
