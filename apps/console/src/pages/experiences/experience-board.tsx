import { Anchor, Badge, Card, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useId } from 'react';
import { Link } from 'react-router';
import { STATUSES, titleOf, TypeIcon, typeWord, type Experience } from '../../shared/experience';
import { experienceLink } from '../../shared/links';
import { count } from '../../shared/numbers';
import { Moment } from '../../shared/time';
import { publishedAt, sorted } from './sorting';
import { Tags } from './tags';

type Column = (typeof STATUSES)[number];

/** The experiences in one column per status, newest first. */
export function ExperienceBoard({
  items,
  workspaces,
}: {
  items: readonly Experience[];
  workspaces: boolean;
}) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 5 }} spacing="sm">
      {STATUSES.map((column) => (
        <StatusColumn
          key={column.status}
          column={column}
          items={sorted(
            items.filter(({ status }) => status === column.status),
            'newest',
          )}
          workspaces={workspaces}
        />
      ))}
    </SimpleGrid>
  );
}

function StatusColumn({
  column: { word, means, color, icon: Drawn },
  items,
  workspaces,
}: {
  column: Column;
  items: readonly Experience[];
  workspaces: boolean;
}) {
  const id = useId();
  return (
    <Paper withBorder p="xs" component="section" aria-labelledby={id} className="board-column">
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Group gap={6} wrap="nowrap">
          <Drawn size={16} aria-hidden color={`var(--mantine-color-${color}-filled)`} />
          <Title order={2} size="h5" id={id}>
            {word}
          </Title>
        </Group>
        <Badge variant="default" className="numbers" aria-label={`${items.length} experiences`}>
          {count(items.length)}
        </Badge>
      </Group>
      <Text size="xs" c="dimmed" mb="xs">
        {means}
      </Text>
      {items.length === 0 ? (
        <Text size="sm" c="dimmed" ta="center" py="md">
          None
        </Text>
      ) : (
        <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {items.map((experience) => (
            <li key={`${experience.workspace}/${experience.uid}`}>
              <BoardCard experience={experience} workspaces={workspaces} />
            </li>
          ))}
        </Stack>
      )}
    </Paper>
  );
}

function BoardCard({ experience, workspaces }: { experience: Experience; workspaces: boolean }) {
  const { uid, type, tags, createdAt, workspace } = experience;
  const published = publishedAt(experience);
  const since = published ?? createdAt;
  return (
    <Card withBorder p="xs" className="linked-card">
      <Anchor
        component={Link}
        to={experienceLink({ uid, workspace: workspaces ? workspace : null })}
        fw={600}
        size="sm"
        className="covers-card"
        style={{ overflowWrap: 'anywhere' }}
      >
        {titleOf(experience)}
      </Anchor>
      <Group gap={6} wrap="nowrap" mt={4} c="dimmed">
        <TypeIcon type={type} size={14} />
        <Text size="xs">
          {typeWord(type)}
          {since && (
            <>
              {' · '}
              {published ? 'published ' : 'created '}
              <Moment at={since} relative />
            </>
          )}
        </Text>
      </Group>
      {workspaces && (
        <Text size="xs" c="dimmed">
          Workspace {workspace}
        </Text>
      )}
      <Tags tags={tags} mt={6} />
    </Card>
  );
}
