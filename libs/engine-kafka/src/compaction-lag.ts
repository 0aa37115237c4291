import { type Admin, ConfigResourceTypes } from 'kafkajs';

const SETTING = 'min.compaction.lag.ms';

/**
 * The smallest `min.compaction.lag.ms` of the topics: how old a record is at least before it may displace an
 * earlier one of the same key.
 *
 * @param admin connected
 * @returns milliseconds; infinity for topics that are not compacted at all, or without topics
 * @throws {Error} when a broker does not tell it, kafkajs's errors when Kafka does not answer
 */
export async function minCompactionLagOf(admin: Admin, topics: readonly string[]): Promise<number> {
  if (topics.length === 0) return Number.POSITIVE_INFINITY;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configNames: [SETTING, 'cleanup.policy'],
    })),
  });
  const lags = resources.map(({ resourceName, configEntries }) => {
    const found = new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]));
    if (found.get('cleanup.policy')?.includes('compact') === false) return Number.POSITIVE_INFINITY;
    const value = found.get(SETTING);
    if (value === undefined || value === '')
      throw new Error(`${resourceName}: the broker does not tell ${SETTING}`);
    return Number(value);
  });
  return Math.min(...lags);
}
