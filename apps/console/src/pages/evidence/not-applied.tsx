import { Anchor, Card, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { Moment } from '../../shared/time';
import type { Explanation } from './explanation';

/** Dead letters and rejected events that name the person: they might have changed the row. */
export function NotApplied({ explanation: { deadLetters, rejected } }: { explanation: Explanation }) {
  if (deadLetters.length + rejected.length === 0) return null;
  return (
    <Card withBorder component="section" aria-labelledby="not-applied">
      <Title order={2} size="h4" id="not-applied" mb="xs">
        Not applied
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Events that name the same person, and that no read model shows.
      </Text>
      <ul className="bullets breaks-words">
        {deadLetters.map(({ id, projection, position, event, reason, state }) => (
          <li key={`${projection} ${id}`}>
            <Text size="sm">
              <Anchor
                component={Link}
                to={`/pipeline/dead-letters?state=${state}&projection=${projection}`}
                inherit
              >
                {event ?? 'Unreadable event'} at {position}
              </Anchor>{' '}
              is a dead letter of {projection}: {reason}
            </Text>
          </li>
        ))}
        {rejected.map(({ id, kind, event, receivedAt }) => (
          <li key={id}>
            <Text size="sm">
              <Anchor component={Link} to={`/pipeline/${kind}`} inherit>
                {event ?? 'Unnamed event'}
              </Anchor>{' '}
              was rejected
              {receivedAt && (
                <>
                  {' '}
                  <Moment at={receivedAt} relative />
                </>
              )}
            </Text>
          </li>
        ))}
      </ul>
    </Card>
  );
}
