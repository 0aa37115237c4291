import { answered } from '@app/client';
import { Box, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useList } from '../../api/use-list';
import { useSession } from '../../session/session';
import { CHART } from '../../shared/chart-colors';
import { ExportFile } from '../../shared/export-file';
import { count, share } from '../../shared/numbers';
import { short } from '../../shared/short';
import { More } from '../../shared/more';
import { Loaded } from '../../shared/states';
import { useWorkspace } from '../../shared/use-query-state';
import { AllTime } from './range';
import { useExperienceKey, useFunnel } from './use-experience';

/** How many users completed or skipped each task of a checklist. */
export function Tasks({ uid }: { uid: string }) {
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  // Tasks are counted over all time, independently of the range of the charts.
  const started = useFunnel(uid, { interval: 'day' }).data?.totals.started;
  const { items, error, retry, more, loadingMore } = useList(
    [...useExperienceKey(uid), 'tasks'],
    (next, signal) =>
      answered(
        api.GET('v1/experiences/{uid}/tasks', {
          params: { path: { uid }, query: { ...ofWorkspace, limit: 200, ...next } },
          signal,
        }),
      ),
  );
  return (
    <Card withBorder component="section" aria-labelledby="tasks">
      <Group justify="space-between" align="flex-start" mb="sm">
        <div>
          <Title order={2} size="h4" id="tasks">
            Tasks
          </Title>
          <Text size="sm" c="dimmed">
            Users by their last action on each task, out of all who ever started the checklist.
          </Text>
          <AllTime />
        </div>
        <ExportFile path={`v1/experiences/${uid}/tasks`} query={ofWorkspace} file="tasks" />
      </Group>
      <Loaded what="the tasks" data={items} error={error} retry={retry}>
        {(tasks) =>
          tasks.length === 0 ? (
            <Text size="sm" c="dimmed">
              No user has completed or skipped a task yet. A task appears with the first user who does.
            </Text>
          ) : (
            <Stack gap="md" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
              {tasks.map(({ uid: task, name, completed, skipped }) => (
                <li key={task}>
                  <Task
                    name={short(name ?? '') || task}
                    completed={completed}
                    skipped={skipped}
                    whole={Math.max(started ?? 0, completed + skipped)}
                  />
                </li>
              ))}
            </Stack>
          )
        }
      </Loaded>
      <More more={more} loading={loadingMore} />
    </Card>
  );
}

function Task({
  name,
  completed,
  skipped,
  whole,
}: {
  name: string;
  completed: number;
  skipped: number;
  whole: number;
}) {
  const open = whole - completed - skipped;
  return (
    <>
      <Group justify="space-between" gap="xs" mb={4}>
        <Text size="sm" fw={600} className="breaks-words">
          {name}
        </Text>
        <Text size="sm" className="numbers">
          <b>{count(completed)}</b> completed · <b>{count(skipped)}</b> skipped{' '}
          <Text span size="sm" c="dimmed">
            · {count(open)} not yet
          </Text>
        </Text>
      </Group>
      <Group gap={2} h={14} wrap="nowrap" className="bar-track" bdrs="sm" aria-hidden>
        <Box h="100%" bdrs="sm" w={whole === 0 ? 0 : share100(completed, whole)} bg={CHART.teal} />
        <Box h="100%" bdrs="sm" w={whole === 0 ? 0 : share100(skipped, whole)} className="striped" />
      </Group>
      <Text size="xs" c="dimmed">
        {share(completed, whole)} completed it
      </Text>
    </>
  );
}

const share100 = (part: number, whole: number): string => `${(100 * part) / whole}%`;
