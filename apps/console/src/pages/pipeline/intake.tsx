import { Badge, Card, SimpleGrid, Text, Title } from '@mantine/core';
import { PlainTable } from '../../shared/plain-table';
import { Refusals } from '../../shared/refusals';
import { useHealth, type SystemHealth } from '../../shared/system-health';
import { Moment } from '../../shared/time';

type WatchedApp = NonNullable<SystemHealth['apps']>[number];

const STATES: Readonly<Record<WatchedApp['state'], { color: string; label: string }>> = {
  ready: { color: 'teal', label: 'ready' },
  'not-ready': { color: 'red', label: 'not ready' },
  silent: { color: 'red', label: 'no response' },
};

/** Arriving events, refused requests, and the state of the apps. */
export function Intake() {
  const { data } = useHealth();
  if (!data) return null;
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <Card withBorder component="section" aria-labelledby="arrivals">
        <Title order={2} size="h4" id="arrivals" mb="xs">
          Arriving events
        </Title>
        <Arriving workspaces={data.workspaces} />
        <Title order={3} size="h5" mt="md" mb="xs">
          Refused requests
        </Title>
        {data.refusals ? (
          <Refusals refusals={data.refusals} />
        ) : (
          <Text size="sm" c="dimmed">
            Unknown: no gateway reports them.
          </Text>
        )}
      </Card>
      <Card withBorder component="section" aria-labelledby="apps">
        <Title order={2} size="h4" id="apps" mb="xs">
          Apps
        </Title>
        <Apps apps={data.apps} />
      </Card>
    </SimpleGrid>
  );
}

function Arriving({ workspaces }: { workspaces: SystemHealth['workspaces'] }) {
  if (workspaces === null)
    return (
      <Text size="sm" c="dimmed">
        Unknown: Kafka does not answer.
      </Text>
    );
  return (
    <PlainTable
      label="Last event of each workspace"
      minWidth={260}
      head={['Workspace', 'Last event']}
      rows={workspaces.map(({ workspace, lastEventAt, everReceived }) => [
        workspace,
        lastEventAt ? (
          <Moment key="last" at={lastEventAt} relative />
        ) : everReceived === false ? (
          'never'
        ) : (
          'unknown'
        ),
      ])}
    />
  );
}

function Apps({ apps }: { apps: SystemHealth['apps'] }) {
  if (apps === null)
    return (
      <Text size="sm" c="dimmed">
        Unknown: the read API’s setting HEALTH_APPS is empty.
      </Text>
    );
  return (
    <PlainTable
      label="Apps"
      minWidth={360}
      head={['App', 'Address', 'State']}
      rows={apps.map(({ name, address, state, reason, notes }) => [
        name,
        address,
        <div key="state">
          <Badge variant="light" color={STATES[state].color}>
            {STATES[state].label}
          </Badge>
          {[reason, ...notes.map(({ note }) => note)].map(
            (text) =>
              text && (
                <Text key={text} size="xs">
                  {text}
                </Text>
              ),
          )}
        </div>,
      ])}
    />
  );
}
