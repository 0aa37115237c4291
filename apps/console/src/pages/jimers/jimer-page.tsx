import { answered, ReadApiProblem } from '@app/client';
import { Badge, Grid, Group } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { Page } from '../../layout/page';
import { useSession } from '../../session/session';
import { CopyLink } from '../../shared/copy-link';
import { OpenLog } from '../../shared/open-log';
import { More } from '../../shared/more';
import { Loaded, Missing } from '../../shared/states';
import { LiveBadge } from '../../shared/live-badge';
import { useWorkspace } from '../../shared/use-query-state';
import { useChanges } from '../../stream/use-changes';
import { JimerFeedback } from './jimer-feedback';
import { jimerName } from '../../shared/jimer-name';
import { JimerProfile } from './jimer-profile';
import { JourneyList } from './journey-list';
import { Timeline } from './timeline';

const BACK = { to: '/jimers', label: 'Users' };

export function JimerPage() {
  const { uid = '' } = useParams();
  const { api } = useSession();
  const queries = useQueryClient();
  const { ofWorkspace: within, several } = useWorkspace();
  const journey = useInfiniteQuery({
    queryKey: ['jimer', uid, 'journey', within],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...within, ...(pageParam !== null && { cursor: pageParam }) };
      return answered(api.GET('v1/jimers/{uid}/journey', { params: { path: { uid }, query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  const pages = journey.data?.pages;
  const found = pages?.[0] && {
    jimer: pages[0].jimer,
    experiences: pages.flatMap(({ experiences }) => experiences),
  };
  const liveness = useChanges({ jimerUid: uid, ...within }, () => {
    void queries.invalidateQueries({ queryKey: ['jimer', uid] });
  });
  if (journey.data === undefined && journey.error instanceof ReadApiProblem) {
    const { kind } = journey.error;
    if (kind === 'not-found' || kind === 'invalid') {
      return (
        <Page title="User not found" back={BACK}>
          {kind === 'invalid' ? (
            <Missing title="This address contains no valid uid" to="/jimers" label="Search for a user">
              The address of a user ends with a uid, such as 17dff65e-434d-4454-bb57-a1167fefbb6b.
            </Missing>
          ) : (
            <Missing title="No user has this uid" to="/jimers" label="Search for a user">
              The person may be in a workspace that your token does not see, or may have been erased.
            </Missing>
          )}
        </Page>
      );
    }
  }
  const name = found ? jimerName(found.jimer) : 'User';
  return (
    <Page
      title={name}
      back={BACK}
      lead={
        <Group gap="xs">
          <LiveBadge liveness={liveness} />
          {several && found && <Badge variant="default">{found.jimer.workspace}</Badge>}
        </Group>
      }
      aside={
        <Group gap="xs">
          <OpenLog filters={{ jimerUid: uid, ...within }} />
          <CopyLink />
        </Group>
      }
    >
      <Loaded what="this user" data={found} error={journey.error} retry={() => void journey.refetch()}>
        {({ jimer, experiences }) => (
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, md: 7 }}>
              <JimerProfile jimer={jimer} />
              <JourneyList jimer={jimer} experiences={experiences} />
              <More
                more={journey.hasNextPage ? () => void journey.fetchNextPage() : null}
                loading={journey.isFetchingNextPage}
              />
              <JimerFeedback jimer={jimer} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Timeline jimer={jimer} experiences={experiences} />
            </Grid.Col>
          </Grid>
        )}
      </Loaded>
    </Page>
  );
}
