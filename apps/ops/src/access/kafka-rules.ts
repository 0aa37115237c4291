import { ALL_TOPICS, JIMER_TOPICS, TOPICS } from '@app/catalog';
import type { AccessOperation, AccessRule } from '@app/engine-kafka';
import { ERASING_PROJECTOR, projectionsOf } from '@app/projections';
import { isProjector, type ServerUser } from './apps';

/** The topics for other consumers, which exclude rejected events. */
const PUBLIC: readonly string[] = [TOPICS.lifecycle, TOPICS.engagement, TOPICS.feedback];

const topics = (names: readonly string[], ...operations: AccessOperation[]): AccessRule[] =>
  names.map((name) => ({ resource: 'topic', name, prefixed: false, operations }));

const groups = (prefix: string, ...operations: AccessOperation[]): AccessRule => ({
  ...{ resource: 'group', name: prefix, prefixed: true, operations },
});

/**
 * The least privileges of an app in Kafka. It may describe what it may read or write. It reads the settings of a topic to
 * check them, at its start and while it runs. Only `ops` creates topics.
 */
export function kafkaRules(app: ServerUser, username: string): readonly AccessRule[] {
  if (isProjector(app)) {
    const projections = projectionsOf(app);
    const read = [...new Set(projections.flatMap(({ topics }) => topics))];
    // Erasure reads and writes all topics that can carry a jimer.
    const erases = app === ERASING_PROJECTOR;
    return [
      ...topics([...new Set([...read, ...(erases ? JIMER_TOPICS : [])])], 'Read', 'DescribeConfigs'),
      ...(erases ? topics(JIMER_TOPICS, 'Write') : []),
      // One group per set of versions (libs/projector).
      groups(`${app}_`, 'Read'),
    ];
  }
  switch (app) {
    case 'gateway':
      return topics(ALL_TOPICS, 'Write', 'DescribeConfigs');
    case 'read-api':
      // Commands are events, and a replayed event is appended to the topic of its kind.
      return topics(ALL_TOPICS, 'Read', 'Write', 'DescribeConfigs');
    case 'consumer':
      return [...topics(PUBLIC, 'Read'), groups(username, 'Read')];
  }
}
