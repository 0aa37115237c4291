import { Card, Code, Group, SimpleGrid, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Schemas } from '../../session/session';
import { jimerEvidenceLink } from '../../shared/evidence-links';
import { LongText } from '../../shared/long-text';
import { Moment } from '../../shared/time';
import { Why } from '../../shared/why';

const written = (text: string | null): ReactNode => text?.trim() && <LongText>{text}</LongText>;

export function JimerProfile({ jimer }: { jimer: Schemas['JimerDto'] }) {
  const facts: readonly [string, ReactNode][] = [
    ['Name', written(jimer.username)],
    ['E-mail', written(jimer.email)],
    ['Identify token', written(jimer.identifyToken)],
    ['Known to Jimo since', jimer.createdAt && <Moment at={jimer.createdAt} />],
    ['Last active', jimer.lastActivityAt && <Moment at={jimer.lastActivityAt} relative />],
    ['First event here', <Moment key="first" at={jimer.firstEventAt} />],
    ['Last event here', <Moment key="last" at={jimer.lastEventAt} relative />],
  ];
  return (
    <Card withBorder component="section" aria-labelledby="profile" mb="lg">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="profile">
          Profile
        </Title>
        <Why of="the profile" to={jimerEvidenceLink(jimer)} />
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing="md" component="dl" m={0}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="xs" c="dimmed">
              {name}
            </Text>
            <Text component="dd" m={0} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {value || '–'}
            </Text>
          </div>
        ))}
        <div>
          <Text component="dt" size="xs" c="dimmed">
            Uid
          </Text>
          <Text component="dd" m={0} size="sm" style={{ overflowWrap: 'anywhere' }}>
            <Code>{jimer.uid}</Code>
          </Text>
        </div>
      </SimpleGrid>
    </Card>
  );
}
