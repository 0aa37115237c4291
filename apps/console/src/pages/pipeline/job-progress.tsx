import { answered } from '@app/client';
import { Button, Group, Progress, Text } from '@mantine/core';
import { useSession } from '../../session/session';
import { count, counted } from '../../shared/numbers';
import { useAction } from './use-action';
import { isUnderWay, type Job } from '../../shared/projections';

const DOING = {
  rebuild: 'Rebuilding',
  verify: 'Verifying',
  replay: 'Replaying',
  erase: 'Erasing',
  rollback: 'Rolling back',
  snapshot: 'Making a snapshot',
  'verify-snapshot': 'Verifying a snapshot',
  repair: 'Repairing',
} as const;

const numberIn = (progress: Job['progress'], name: string): number | null => {
  const value = progress?.[name];
  return typeof value === 'number' ? value : null;
};
const textIn = (progress: Job['progress'], name: string): string | null => {
  const value = progress?.[name];
  return typeof value === 'string' ? value : null;
};

/** The progress of a job; renders nothing if none is running. */
export function JobProgress({ projection, job }: { projection: string; job: Job | null }) {
  const { api, can, access } = useSession();
  const cancel = useAction(
    () => answered(api.DELETE('v1/jobs/{id}', { params: { path: { id: job?.id ?? '' } } })),
    'Cancellation requested. The worker stops within seconds.',
  );
  if (!job || !isUnderWay(job)) return null;
  const { progress } = job;
  const done = numberIn(progress, 'done') ?? 0;
  const total = numberIn(progress, 'total') ?? 0;
  const rate = numberIn(progress, 'rate');
  const left = numberIn(progress, 'secondsLeft');
  const percent = total > 0 ? Math.min(100, (100 * done) / total) : 0;
  const what = [textIn(progress, 'step') ?? textIn(progress, 'phase')?.replace('-', ' ')]
    .filter(Boolean)
    .join('');
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" mb={4}>
        <Text size="sm" fw={500}>
          {DOING[job.kind]}
          {what && `: ${what}`}
        </Text>
        {can('admin') && access.workspace === null && (
          // Stays enabled: a second request ends a job whose worker hangs.
          <Button
            size="compact-xs"
            variant="default"
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
            aria-label={`Cancel: ${DOING[job.kind]} ${projection}`}
          >
            {job.cancelRequested ? 'Stopping: cancel again' : 'Cancel'}
          </Button>
        )}
      </Group>
      <Progress
        value={percent}
        size="lg"
        animated={total === 0}
        aria-label={`${DOING[job.kind]} ${projection}`}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {job.state === 'queued' && 'Waiting for a projector. '}
        {total > 0 && `${count(done)} of ${count(total)} records`}
        {rate !== null && ` · ${count(rate)} per second`}
        {left !== null && left > 0 && ` · ${counted(left, 'second')} left`}
      </Text>
    </div>
  );
}
