import { Alert, Anchor, SimpleGrid, Stack, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconClockHour4 } from '@tabler/icons-react';
import { Link } from 'react-router';
import { counted } from '../../shared/numbers';
import { Empty, Loaded } from '../../shared/states';
import { ProjectionCard } from './projection-card';
import { Topics } from './topics';
import { troubleOf, useProjections, type Projection } from './use-projections';

export function PipelineStanding() {
  const query = useProjections();
  return (
    <Stack gap="lg">
      <Loaded
        what="the projections"
        data={query.data}
        error={query.error}
        retry={() => void query.refetch()}
      >
        {(projections) =>
          projections.length === 0 ? (
            <Empty title="No projection has been built">
              Start a projector: it makes its tables and reads the log from the beginning.
            </Empty>
          ) : (
            <>
              <InAWord projections={projections} />
              <section aria-labelledby="projections">
                <Title order={2} size="h4" id="projections" mb="xs">
                  Projections
                </Title>
                <SimpleGrid cols={{ base: 1, lg: 2 }}>
                  {projections.map((projection) => (
                    <ProjectionCard key={projection.name} projection={projection} />
                  ))}
                </SimpleGrid>
              </section>
            </>
          )
        }
      </Loaded>
      <Topics />
    </Stack>
  );
}

/** Records that a projection may be behind without anybody minding. */
const MUCH_LAG = 10_000;

/** The state of all of it in one sentence. */
function InAWord({ projections }: { projections: readonly Projection[] }) {
  const troubled = projections.filter((projection) => troubleOf(projection) !== null);
  if (troubled.length > 0) {
    return (
      <Alert color="red" icon={<IconAlertTriangle />} title="Something needs you">
        {troubled.map((projection) => (
          <div key={projection.name}>
            <b>{projection.name}</b>: {troubleOf(projection)}
          </div>
        ))}
      </Alert>
    );
  }
  const letters = projections.reduce((sum, { deadLetters }) => sum + deadLetters, 0);
  if (letters > 0) {
    return (
      <Alert color="yellow" icon={<IconAlertTriangle />} title="Some events could not be applied">
        {counted(letters, 'dead letter')} wait for a decision.{' '}
        <Anchor component={Link} to="/pipeline/dead-letters" inherit>
          See why, and replay or discard them
        </Anchor>
        .
      </Alert>
    );
  }
  const behind = projections.filter(({ lag, paused }) => !paused && lag !== null && lag > MUCH_LAG);
  if (behind.length > 0) {
    return (
      <Alert color="yellow" icon={<IconClockHour4 />} title="Catching up">
        {behind.map(({ name, lag }) => `${name}: ${counted(lag ?? 0, 'record')} to go`).join(' · ')}. What you see on
        the other pages is older by as much.
      </Alert>
    );
  }
  const paused = projections.filter((projection) => projection.paused);
  if (paused.length > 0) {
    return (
      <Alert color="yellow" icon={<IconClockHour4 />} title="Paused">
        {paused.map(({ name, pausedReason }) => `${name}: ${pausedReason ?? 'no reason given'}`).join(' · ')}
      </Alert>
    );
  }
  return (
    <Alert color="teal" icon={<IconCircleCheck />} title="All is well">
      Every event of the log is where it belongs, and every offset is accounted for.
    </Alert>
  );
}
