import { answered } from '@app/client';
import { Alert, Anchor, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { Page } from '../../layout/page';
import { useSession } from '../../session/session';
import { CopyLink } from '../../shared/copy-link';
import { titleOf } from '../../shared/experience';
import { jimerName } from '../../shared/jimer-name';
import { figureLink, journeyEvidenceLink } from '../../shared/evidence-links';
import { experienceLink, jimerLink } from '../../shared/links';
import { More } from '../../shared/more';
import { count, counted } from '../../shared/numbers';
import { PlainTable } from '../../shared/plain-table';
import { Empty, Loaded } from '../../shared/states';
import { exactly } from '../../shared/time-words';
import { useQueryState, useWorkspace } from '../../shared/use-query-state';
import { Why } from '../../shared/why';
import { interval, isDay, plusDays } from './days';
import { countsEvents, measureOf, type CountedMeasure } from './figures';
import { useExperience, useExperienceKey, useFunnel } from './use-experience';

/** What is behind a figure of a funnel: its days; and of one day the users or events that it counts. */
export function FigurePage() {
  const { uid = '' } = useParams();
  const { get } = useQueryState();
  const { workspace } = useWorkspace();
  const { data } = useExperience(uid);
  const day = get('day');
  const { name, label } = measureOf(get('measure'));
  const title = data ? titleOf(data) : 'this experience';
  return (
    <Page
      title={`What is behind “${label}” of “${title}”?`}
      back={{ to: experienceLink({ uid, workspace }), label: data ? title : 'Experience' }}
      lead={
        isDay(day) ? `On ${interval({ from: day, to: plusDays(day, 1) })}, a UTC day.` : 'Day by day (UTC).'
      }
      aside={<CopyLink />}
    >
      {isDay(day) ? <Counted uid={uid} measure={name} day={day} /> : <Days uid={uid} measure={name} />}
    </Page>
  );
}

function Days({ uid, measure }: { uid: string; measure: CountedMeasure }) {
  const { workspace } = useWorkspace();
  const { data, error, refetch } = useFunnel(uid, { interval: 'day' });
  return (
    <Loaded what="the days" data={data} error={error} retry={() => void refetch()}>
      {({ series, totals, before }) => {
        const days = series.filter((one) => one[measure] > 0).toReversed();
        if (days.length === 0)
          return <Empty title="Nothing is counted">The figure is zero on every day.</Empty>;
        return (
          <>
            <Text size="sm">
              {count(totals[measure])} in all, on {counted(days.length, 'day')}
              {before[measure] > 0 && ` and ${count(before[measure])} on earlier days, which are not listed`}.
            </Text>
            <PlainTable
              label="Days"
              minWidth={260}
              head={['Day', 'Figure']}
              rows={days.map((one) => [
                <Anchor
                  key="day"
                  component={Link}
                  to={figureLink({ uid, workspace }, measure, one.from)}
                  size="sm"
                >
                  {interval(one)}
                </Anchor>,
                count(one[measure]),
              ])}
            />
          </>
        );
      }}
    </Loaded>
  );
}

function Counted({ uid, measure, day }: { uid: string; measure: CountedMeasure; day: string }) {
  const { api } = useSession();
  const { workspace, ofWorkspace } = useWorkspace();
  const query = useInfiniteQuery({
    queryKey: [...useExperienceKey(uid), 'figure', measure, day],
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET('v1/experiences/{uid}/funnel/explain', {
          params: {
            path: { uid },
            query: {
              ...{ ...ofWorkspace, measure, day, limit: 50 },
              ...(pageParam !== null && { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  return (
    <Loaded what="the figure" data={query.data?.pages} error={query.error} retry={() => void query.refetch()}>
      {(pages) => {
        const { figure, total, matches } = pages[0]!;
        const what = counted(total, countsEvents(measure) ? 'event' : 'user');
        return (
          <>
            <Alert
              color={matches ? 'teal' : 'red'}
              icon={matches ? <IconCheck /> : <IconAlertTriangle />}
              title={
                matches
                  ? `Equal to the figure: ${count(figure)}`
                  : `Differs from the figure: ${count(figure)}`
              }
              {...(!matches && { role: 'alert' })}
            >
              {matches
                ? `The figure counts the ${what} below.`
                : `There ${total === 1 ? 'is' : 'are'} ${what}. Verify the projection journeys, and rebuild it.`}
            </Alert>
            {total > 0 && (
              <PlainTable
                label="Behind the figure"
                minWidth={480}
                head={['User', 'Counted by', 'Evidence']}
                rows={pages
                  .flatMap(({ items }) => items)
                  .map((item) => {
                    const jimer = { ...item, uid: item.jimerUid };
                    return [
                      <Anchor
                        key="user"
                        component={Link}
                        to={jimerLink({ uid: jimer.uid, workspace })}
                        size="sm"
                      >
                        {jimerName(jimer)}
                      </Anchor>,
                      <time key="at" dateTime={item.at}>
                        {exactly(item.at)}
                      </time>,
                      <Why
                        key="why"
                        of={jimerName(jimer)}
                        to={journeyEvidenceLink({ uid: jimer.uid, workspace }, uid, item.eventId)}
                      />,
                    ];
                  })}
              />
            )}
            <More
              more={query.hasNextPage ? () => void query.fetchNextPage() : null}
              loading={query.isFetchingNextPage}
            />
          </>
        );
      }}
    </Loaded>
  );
}
