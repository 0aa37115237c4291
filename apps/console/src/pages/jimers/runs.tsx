import { answered } from '@app/client';
import { Table, Text } from '@mantine/core';
import { useList } from '../../api/use-list';
import { useSession, type Schemas } from '../../session/session';
import { More } from '../../shared/more';
import { Loaded } from '../../shared/states';
import { Moment } from '../../shared/time';

const OUTCOMES: Readonly<Record<Schemas['RunDto']['outcome'], string>> = {
  completed: 'completed',
  dismissed: 'dismissed',
  started: 'under way',
  abandoned: 'started anew before it was finished',
};

/** Every time that somebody went through an experience. */
export function Runs({ jimer, experienceUid }: { jimer: Schemas['JimerDto']; experienceUid: string }) {
  const { api } = useSession();
  const { uid, workspace } = jimer;
  const list = useList<Schemas['RunDto']>(['jimer', uid, 'runs', workspace, experienceUid], (next, signal) =>
    answered(
      api.GET('/v1/jimers/{uid}/experiences/{experienceUid}/runs', {
        params: { path: { uid, experienceUid }, query: { workspace, limit: 20, ...next } },
        signal,
      }),
    ),
  );
  return (
    <div>
      <Text size="sm" fw={500}>
        Runs
      </Text>
      <Loaded what="runs" data={list.items} error={list.error} retry={list.retry}>
        {(runs) =>
          runs.length === 0 ? (
            <Text size="sm" c="dimmed">
              Never started: it was only shown.
            </Text>
          ) : (
            <Table.ScrollContainer minWidth={380}>
              <Table aria-label="Runs">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Started</Table.Th>
                    <Table.Th>Ended</Table.Th>
                    <Table.Th>How</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {runs.map((run, index) => {
                    const end = run.completedAt ?? run.dismissedAt;
                    return (
                      <Table.Tr key={index}>
                        <Table.Td>{run.startedAt ? <Moment at={run.startedAt} /> : 'not known'}</Table.Td>
                        <Table.Td>{end ? <Moment at={end} /> : '–'}</Table.Td>
                        <Table.Td>{OUTCOMES[run.outcome]}</Table.Td>
                      </Table.Tr>
                    );
                  })}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Loaded>
      <More more={list.more} loading={list.loadingMore} />
    </div>
  );
}
