import { type Admin, ConfigResourceTypes } from 'kafkajs';

const LEAST_AGE = 'min.compaction.lag.ms';
const GREATEST_AGE = 'max.compaction.lag.ms';
const SEGMENT_AGE = 'segment.ms';
const POLICY = 'cleanup.policy';

/**
 * The smallest `min.compaction.lag.ms` of the topics: how old a record is at least before it may displace an
 * earlier one of the same key.
 *
 * @param admin connected
 * @returns milliseconds; infinity for topics that are not compacted at all, or without topics
 * @throws {Error} when a broker does not tell it, kafkajs's errors when Kafka does not answer
 */
export async function minCompactionLagOf(admin: Admin, topics: readonly string[]): Promise<number> {
  const lags = [...(await configsOf(admin, topics, [LEAST_AGE, POLICY]))].map(([topic, config]) =>
    config.get(POLICY)?.includes('compact') === false
      ? Number.POSITIVE_INFINITY
      : numberIn(topic, config, LEAST_AGE),
  );
  return Math.min(Number.POSITIVE_INFINITY, ...lags);
}

/**
 * The `max.compaction.lag.ms` of each topic: how old a tombstone is at most when its record is gone.
 *
 * @param admin connected
 * @returns milliseconds by topic
 * @throws as `minCompactionLagOf`
 */
export async function maxCompactionLagsOf(
  admin: Admin,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const configs = await configsOf(admin, topics, [GREATEST_AGE]);
  return new Map([...configs].map(([topic, config]) => [topic, numberIn(topic, config, GREATEST_AGE)]));
}

/**
 * How old the first record of a segment of each topic may be when something is appended to the segment: then another
 * is begun, and this one can be compacted.
 *
 * @param admin connected
 * @returns milliseconds by topic
 * @throws as `minCompactionLagOf`
 */
export async function longestSegmentsOf(
  admin: Admin,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const configs = await configsOf(admin, topics, [GREATEST_AGE, SEGMENT_AGE]);
  return new Map(
    [...configs].map(([topic, config]) => [
      topic,
      Math.min(numberIn(topic, config, GREATEST_AGE), numberIn(topic, config, SEGMENT_AGE)),
    ]),
  );
}

type Config = ReadonlyMap<string, string>;

async function configsOf(
  admin: Admin,
  topics: readonly string[],
  names: readonly string[],
): Promise<ReadonlyMap<string, Config>> {
  if (topics.length === 0) return new Map();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configNames: [...names],
    })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
}

function numberIn(topic: string, config: Config, name: string): number {
  const value = config.get(name);
  if (value === undefined || value === '') throw new Error(`${topic}: the broker does not tell ${name}`);
  return Number(value);
}
