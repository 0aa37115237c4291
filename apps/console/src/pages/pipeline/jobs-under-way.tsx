import { answered } from '@app/client';
import { Card, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '../../session/session';
import { isUnderWay } from '../../shared/projections';
import { Moment } from '../../shared/time';
import { JobProgress } from './job-progress';

/** The cards of the projections show the jobs of these kinds. */
const SHOWN_ELSEWHERE: readonly string[] = ['rebuild', 'verify'];

/** Running replays, erasures and rollbacks. Renders nothing without any, or if the token may not list jobs. */
export function JobsUnderWay() {
  const { api, can, access } = useSession();
  const { data: jobs = [] } = useQuery({
    queryKey: ['jobs'],
    queryFn: async ({ signal }) => (await answered(api.GET('v1/jobs', { signal }))).items,
    enabled: can('admin') && access.workspace === null,
    refetchInterval: 3_000,
  });
  const shown = jobs.filter((job) => isUnderWay(job) && !SHOWN_ELSEWHERE.includes(job.kind));
  if (shown.length === 0) return null;
  return (
    <section aria-labelledby="jobs">
      <Title order={2} size="h4" id="jobs" mb="xs">
        Jobs
      </Title>
      <Card withBorder>
        <Stack>
          {shown.map((job) => (
            <div key={job.id}>
              <JobProgress projection={job.projection} job={job} />
              <Text size="xs" c="dimmed">
                Job {job.id}, {job.projection === 'log' ? 'on the log' : `on ${job.projection}`}, requested by{' '}
                {job.requestedBy} <Moment at={job.requestedAt} relative />
              </Text>
            </div>
          ))}
        </Stack>
      </Card>
    </section>
  );
}
