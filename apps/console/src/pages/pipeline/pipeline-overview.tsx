import { Group, SimpleGrid, Stack, Title } from '@mantine/core';
import { Health } from '../../shared/health';
import { useProjections } from '../../shared/projections';
import { Intake } from './intake';
import { JobsUnderWay } from './jobs-under-way';
import { ProjectionCard } from './projection-card';
import { Snapshots } from './snapshots/snapshots';
import { Topics } from './topics';
import { VerifyAll } from './verify-all';

export function PipelineOverview() {
  const { data: projections = [] } = useProjections();
  return (
    <Stack gap="lg">
      <Health />
      <Intake />
      {projections.length > 0 && (
        <section aria-labelledby="projections">
          <Group justify="space-between" mb="xs">
            <Title order={2} size="h4" id="projections">
              Projections
            </Title>
            <VerifyAll projections={projections} />
          </Group>
          <SimpleGrid cols={{ base: 1, lg: 2 }}>
            {projections.map((projection) => (
              <ProjectionCard key={projection.name} projection={projection} />
            ))}
          </SimpleGrid>
        </section>
      )}
      <JobsUnderWay />
      <Snapshots />
      <Topics />
    </Stack>
  );
}
