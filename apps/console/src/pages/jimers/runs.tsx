import { answered } from '@app/client';
import { Text } from '@mantine/core';
import { useList } from '../../api/use-list';
import { useSession, type Schemas } from '../../session/session';
import { More } from '../../shared/more';
import { PlainTable } from '../../shared/plain-table';
import { Loaded } from '../../shared/states';
import { Moment } from '../../shared/time';

const OUTCOMES: Readonly<Record<Schemas['RunDto']['outcome'], string>> = {
  completed: 'completed',
  dismissed: 'dismissed',
  started: 'in progress',
  abandoned: 'restarted before it was finished',
};

/** Each run of one user through an experience. */
export function Runs({ jimer, experienceUid }: { jimer: Schemas['JimerDto']; experienceUid: string }) {
  const { api } = useSession();
  const { uid, workspace } = jimer;
  const list = useList<Schemas['RunDto']>(['jimer', uid, 'runs', workspace, experienceUid], (next, signal) =>
    answered(
      api.GET('v1/jimers/{uid}/experiences/{experienceUid}/runs', {
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
              Never started, only shown.
            </Text>
          ) : (
            <PlainTable
              label="Runs"
              minWidth={380}
              head={['Started', 'Ended', 'Outcome']}
              rows={runs.map(({ startedAt, completedAt, dismissedAt, outcome }) => {
                const end = completedAt ?? dismissedAt;
                return [
                  startedAt ? <Moment at={startedAt} /> : 'unknown',
                  end ? <Moment at={end} /> : '–',
                  OUTCOMES[outcome],
                ];
              })}
            />
          )
        }
      </Loaded>
      <More more={list.more} loading={list.loadingMore} />
    </div>
  );
}
