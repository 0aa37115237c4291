import { Alert, Anchor, List, Skeleton, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconQuestionMark } from '@tabler/icons-react';
import { Link, useLocation } from 'react-router';
import { ConnectJimo } from './connect-jimo';
import { Failed } from './states';
import { findingsOf, lastEventOf, unknownOf, useHealth, type SystemHealth } from './system-health';
import { Moment } from './time';

const LOOKS = {
  healthy: { color: 'teal', icon: IconCircleCheck, title: 'Healthy' },
  trouble: { color: 'red', icon: IconAlertTriangle, title: 'Something is broken' },
  attention: { color: 'yellow', icon: IconAlertTriangle, title: 'Something needs your attention' },
  unknown: { color: 'gray', icon: IconQuestionMark, title: 'No problems found, but some checks are unknown' },
} as const;

function lookOf(health: SystemHealth): keyof typeof LOOKS {
  if (health.status !== 'unhealthy') return health.status;
  return findingsOf(health).some(({ level }) => level === 'trouble') ? 'trouble' : 'attention';
}

/** The health of the system, as judged by the API. */
export function Health() {
  const query = useHealth();
  const { pathname } = useLocation();
  if (query.data === undefined) {
    if (query.error)
      return <Failed what="the system’s health" error={query.error} retry={() => void query.refetch()} />;
    return <Skeleton h={74} role="status" aria-label="Loading the system’s health" />;
  }
  const health = query.data;
  const look = lookOf(health);
  const { color, icon: Icon, title } = LOOKS[look];
  const last = lastEventOf(health);
  return (
    <>
      <Alert color={color} icon={<Icon />} title={title} data-health={health.status}>
        {look === 'healthy' && (
          <div>
            All apps run, every event is processed, and every read model is verified against the log.
            {last && (
              <>
                {' '}
                Last event <Moment at={last} relative />.
              </>
            )}
          </div>
        )}
        {findingsOf(health).map(({ message, since }) => (
          <div key={message}>
            {message}
            {since && (
              <>
                {' '}
                (since <Moment at={since} />)
              </>
            )}
          </div>
        ))}
        <Unknown texts={unknownOf(health)} />
        {look !== 'healthy' && pathname === '/' && (
          <Anchor component={Link} to="/pipeline" inherit c="inherit">
            Open the pipeline
          </Anchor>
        )}
      </Alert>
      <ConnectJimo health={health} />
    </>
  );
}

function Unknown({ texts }: { texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <>
      <Text size="sm" mt={4}>
        Unknown:
      </Text>
      <List size="sm">
        {texts.map((text) => (
          <List.Item key={text}>{text}</List.Item>
        ))}
      </List>
    </>
  );
}
