import { answered } from '@app/client';
import { Anchor, Card, Group, SimpleGrid, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useSession, type Schemas } from '../../session/session';
import { StatusBadge, titleOf, typeWord } from '../../shared/experience';
import { FunnelBars } from '../../shared/funnel-bars';
import { experienceLink } from '../../shared/links';
import { counted } from '../../shared/numbers';
import { Empty, Loaded } from '../../shared/states';
import { plusDays, today } from '../experiences/days';

const DAYS = 7;
const SHOWN = 4;
const EVERY_MS = 15_000;

/** The most used experiences, each with its funnel. */
export function MostUsed() {
  const { api } = useSession();
  const query = useQuery({
    queryKey: ['most-used'],
    queryFn: ({ signal }) => {
      const from = plusDays(today(), 1 - DAYS);
      return answered(api.GET('v1/experiences/top', { params: { query: { from, limit: SHOWN } }, signal }));
    },
    refetchInterval: EVERY_MS,
  });
  return (
    <section aria-labelledby="most-used">
      <Title order={2} size="h4" id="most-used">
        Most used
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Users who saw them for the first time in the last {DAYS} days, and how far they got.
      </Text>
      <Loaded
        what="the most used experiences"
        data={query.data}
        error={query.error}
        retry={() => void query.refetch()}
      >
        {({ items }) =>
          items.length === 0 ? (
            <Card withBorder>
              <Empty title={`No activity in ${DAYS} days`}>
                The tours, surveys and checklists that most users saw appear here.
              </Empty>
            </Card>
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              {items.map((experience) => (
                <Used key={`${experience.workspace} ${experience.uid}`} experience={experience} />
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
    </section>
  );
}

function Used({ experience }: { experience: Schemas['UsedExperienceDto'] }) {
  const { type, status, saw, started, completed } = experience;
  const title = titleOf(experience);
  return (
    <Card withBorder component="article" aria-label={title}>
      <Group justify="space-between" wrap="nowrap" mb="sm" align="flex-start">
        <Anchor
          component={Link}
          to={experienceLink(experience)}
          fw={600}
          underline="hover"
          lineClamp={2}
          miw={0}
        >
          {title}
        </Anchor>
        <Group gap="xs" wrap="nowrap" style={{ flexShrink: 0 }}>
          <Text size="xs" c="dimmed">
            {typeWord(type)}
          </Text>
          {status && <StatusBadge status={status} size="sm" />}
        </Group>
      </Group>
      {started === 0 && completed === 0 ? (
        <Text size="sm">{counted(saw, 'person saw it', 'people saw it')}.</Text>
      ) : (
        <FunnelBars
          steps={[
            { label: 'Saw it', count: saw },
            { label: 'Started', count: started },
            { label: 'Completed', count: completed },
          ]}
        />
      )}
    </Card>
  );
}
