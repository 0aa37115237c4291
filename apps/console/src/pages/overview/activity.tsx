import { answered } from '@app/client';
import { BarChart } from '@mantine/charts';
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSession, type Schemas } from '../../session/session';
import { CHART } from '../../shared/chart-colors';
import { Figure } from '../../shared/figure';
import { count, counted } from '../../shared/numbers';
import { Loaded } from '../../shared/states';

const MINUTES = 60;
const EVERY_MS = 5_000;

/** Forty kinds of event would need too many colours, so each family of events has one. */
const FAMILIES = [
  { family: 'tour', label: 'Tours', color: CHART.indigo },
  { family: 'survey', label: 'Surveys', color: CHART.teal },
  { family: 'checklist', label: 'Checklists', color: CHART.orange },
  { family: 'hint', label: 'Hints', color: CHART.grape },
  { family: 'banner', label: 'Banners', color: CHART.red },
  { family: 'post', label: 'Posts', color: CHART.gray },
  { family: 'request', label: 'Feedback', color: CHART.cyan },
  { family: 'other', label: 'Rejected', color: CHART.yellow },
] as const;

const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

type Minute = Schemas['ActivityDto']['minutes'][number];

/** The events of the last hour, by minute of arrival. */
export function Activity() {
  const { api } = useSession();
  const query = useQuery({
    queryKey: ['activity'],
    queryFn: ({ signal }) =>
      answered(api.GET('v1/activity', { params: { query: { minutes: MINUTES } }, signal })),
    refetchInterval: EVERY_MS,
  });
  return (
    <Loaded what="the activity" data={query.data} error={query.error} retry={() => void query.refetch()}>
      {(activity) => <ActivityFigure activity={activity} />}
    </Loaded>
  );
}

function ActivityFigure({ activity }: { activity: Schemas['ActivityDto'] }) {
  const rows = activity.minutes.map(byFamily);
  const total = rows.reduce((sum, row) => sum + totalOf(row), 0);
  const last = rows.at(-2) ?? rows.at(-1);
  const shown = FAMILIES.filter(({ family }) => rows.some((row) => row[family] > 0));
  return (
    <Figure
      title="Events per minute"
      summary={
        total === 0
          ? 'No events in the last hour.'
          : `${counted(total, 'event')} in the last hour, ${count(last ? totalOf(last) : 0)} in the last full minute.`
      }
      table={{
        head: ['Minute', 'All', ...shown.map(({ label }) => label)],
        rows: rows
          .toReversed()
          .filter((row) => totalOf(row) > 0)
          .map((row) => [row.minute, count(totalOf(row)), ...shown.map(({ family }) => count(row[family]))]),
      }}
    >
      <BarChart
        h={260}
        data={rows}
        dataKey="minute"
        type="stacked"
        series={shown.map(({ family, label, color }) => ({ name: family, label, color }))}
        withLegend
        legendProps={{ verticalAlign: 'bottom' }}
        tickLine="none"
        barChartProps={{ barCategoryGap: 1, accessibilityLayer: false, margin: { top: 10 } }}
        xAxisProps={{ minTickGap: 40 }}
        yAxisProps={{ allowDecimals: false, width: 44, interval: 0 }}
      />
      {total === 0 && (
        <Text size="sm" c="dimmed" ta="center">
          Events appear here within seconds of the webhook call.
        </Text>
      )}
    </Figure>
  );
}

type Row = { minute: string } & Record<(typeof FAMILIES)[number]['family'], number>;

function byFamily({ at, counts, quarantined, unrecognized }: Minute): Row {
  const row: Row = {
    minute: CLOCK.format(new Date(at)),
    ...{ tour: 0, survey: 0, checklist: 0, hint: 0, banner: 0, post: 0, request: 0 },
    other: quarantined + unrecognized,
  };
  for (const [event, events] of Object.entries(counts)) {
    const family = event.slice(0, event.indexOf('.'));
    // System events (triage, replays) are not user activity.
    if (family in row && family !== 'minute') row[family as Exclude<keyof Row, 'minute'>] += Number(events);
  }
  return row;
}

const totalOf = (row: Row): number => FAMILIES.reduce((sum, { family }) => sum + row[family], 0);
