import { ALL_TOPICS, JIMER_TOPICS, TOPICS } from '@app/catalog';
import type { AccessOperation, AccessRule } from '@app/engine-kafka';
import { ERASING_PROJECTOR, PROJECTOR_GROUPS } from '@app/projections';
import { isProjector, type ServerUser } from './apps';

/** The topics that others are told of; what was set aside is not for them. */
const PUBLIC: readonly string[] = [TOPICS.lifecycle, TOPICS.engagement, TOPICS.feedback];

const topics = (names: readonly string[], ...operations: AccessOperation[]): AccessRule[] =>
  names.map((name) => ({ resource: 'topic', name, prefixed: false, operations }));

const groups = (prefix: string, ...operations: AccessOperation[]): AccessRule => ({
  ...{ resource: 'group', name: prefix, prefixed: true, operations },
});

/**
 * What an app needs of Kafka, and no more. It may describe what it may read or write. Reading the settings of a topic
 * is how it finds out, at its start and while it runs, whether the topic is as it must be. Topics are created by `ops`.
 */
export function kafkaRules(app: ServerUser, username: string): readonly AccessRule[] {
  if (isProjector(app)) {
    const projections = PROJECTOR_GROUPS[app];
    const read = [...new Set(projections.flatMap((projection): readonly string[] => projection.topics))];
    // It reads and writes whatever can carry a jimer when one is to be erased.
    const erases = app === ERASING_PROJECTOR;
    return [
      ...topics([...new Set([...read, ...(erases ? JIMER_TOPICS : [])])], 'Read', 'DescribeConfigs'),
      ...(erases ? topics(JIMER_TOPICS, 'Write') : []),
      // One group for each set of versions (libs/projector), and one for each read of a rebuild or verification.
      groups(`${app}_`, 'Read'),
      ...projections.map(({ name }) => groups(`job-${name}-`, 'Read', 'Delete')),
    ];
  }
  switch (app) {
    case 'gateway':
      return topics(ALL_TOPICS, 'Write', 'DescribeConfigs');
    case 'read-api':
      return [
        // Commands are events, and what is replayed from the set-aside topics goes to that of its kind.
        ...topics(ALL_TOPICS, 'Read', 'Write', 'DescribeConfigs'),
        // Of its streams: one group for each time that it begins to follow the log.
        groups('read-api-', 'Read', 'Delete'),
      ];
    case 'consumer':
      return [...topics(PUBLIC, 'Read'), groups(username, 'Read')];
  }
}
