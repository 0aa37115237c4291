import { Card, Skeleton, Stack } from '@mantine/core';
import { CHART } from '../../shared/chart-colors';
import type { Experience } from '../../shared/experience';
import { Figure } from '../../shared/figure';
import { FunnelBars } from '../../shared/funnel-bars';
import { count, counted, percent, share } from '../../shared/numbers';
import { Empty, Failed } from '../../shared/states';
import { interval } from './days';
import { canBeStarted, Figures, hasClicks } from './figures';
import { useRange } from './range';
import { BarSeries, LineSeries, type Line } from './series-chart';
import { useFunnel } from './use-experience';

/** How the experience performs in the period: figures, funnel, and both over time. */
export function Performance({ experience }: { experience: Experience }) {
  const range = useRange();
  const { data, error, refetch } = useFunnel(experience.uid, range);
  if (!data)
    return error ? <Failed error={error} what="the figures" retry={() => void refetch()} /> : <Skeletons />;
  const { totals, before, series } = data;
  const starts = canBeStarted(experience, totals);
  const clicks = hasClicks(experience, totals);
  // A range with both ends has an element for every day, even without activity.
  if (Object.values(totals).every((total) => !total))
    return (
      <Card withBorder>
        <Empty title="No activity in this period">
          Figures and charts appear with the first event. Choose a longer period to see earlier activity.
        </Empty>
      </Card>
    );
  return (
    <Stack gap="md">
      <Figures experience={experience} totals={totals} />
      {starts && <Funnel totals={totals} />}
      <OverTime
        lines={linesOf(experience, starts)}
        series={series}
        cut={Object.values(before).some(Boolean)}
      />
      {clicks && (
        <Figure
          title="Button clicks"
          summary={`${counted(totals.ctaClicks, 'click')} on call-to-action buttons.`}
          table={{
            head: ['When', 'Clicks'],
            rows: series.map((one) => [interval(one), count(one.ctaClicks)]),
          }}
        >
          <BarSeries
            points={series.map(({ from, to, ctaClicks }) => ({ from, to, ctaClicks }))}
            lines={[{ name: 'ctaClicks', label: 'Clicks', color: CHART.indigo }]}
            height={160}
          />
        </Figure>
      )}
    </Stack>
  );
}

type Funnel = NonNullable<ReturnType<typeof useFunnel>['data']>;

function Funnel({ totals }: Pick<Funnel, 'totals'>) {
  const { saw, started, completed, dismissed, completionRate } = totals;
  const steps = [
    { label: 'Saw it', count: saw, color: CHART.gray },
    { label: 'Started', count: started, color: CHART.indigo },
    { label: 'Completed', count: completed, color: CHART.teal },
    ...(dismissed > 0 ? [{ label: 'Dismissed', count: dismissed, color: CHART.orange }] : []),
  ];
  return (
    <Figure
      title="Funnel"
      summary={
        completionRate === null
          ? 'No user started it for the first time in this period.'
          : `${percent(completionRate)} of those who first started it in this period have completed it since.`
      }
      table={{
        head: ['Step', 'Users', 'Share of those who saw it'],
        rows: steps.map((step) => [step.label, count(step.count), share(step.count, saw)]),
      }}
    >
      <FunnelBars steps={steps} />
    </Figure>
  );
}

function linesOf({ type }: Experience, starts: boolean): Line[] {
  const saw = { name: 'saw', label: 'Saw it', color: CHART.gray, beneath: true };
  if (type === 'POST')
    return [
      saw,
      { name: 'likes', label: 'Likes', color: CHART.indigo },
      { name: 'comments', label: 'Comments', color: CHART.teal, dashes: '6 3' },
    ];
  if (!starts) return [{ ...saw, color: CHART.indigo, beneath: false }];
  return [
    saw,
    { name: 'started', label: 'Started', color: CHART.indigo },
    { name: 'completed', label: 'Completed', color: CHART.teal, dashes: '6 3' },
    ...(type === 'CHECKLIST'
      ? [{ name: 'dismissed', label: 'Dismissed', color: CHART.orange, dashes: '10 3 2 3' }]
      : []),
  ];
}

/** @param cut whether there was activity before the first interval */
function OverTime({ lines, series, cut }: { lines: Line[]; series: Funnel['series']; cut: boolean }) {
  const points = series.map((one) => ({ ...one }));
  return (
    <Figure
      title="Over time"
      summary={[
        'Each user counts once, in the interval of their first time.',
        ...(lines.some(({ name }) => name === 'comments') ? ['Comments are counted individually.'] : []),
        ...(cut ? ['The figures above include earlier intervals, which the chart omits.'] : []),
      ].join(' ')}
      table={{
        head: ['When', ...lines.map(({ label }) => label)],
        rows: points.map((point) => [
          interval(point),
          ...lines.map(({ name }) => count(Number((point as Record<string, string | number | null>)[name]))),
        ]),
      }}
    >
      <LineSeries points={points} lines={lines} />
    </Figure>
  );
}

function Skeletons() {
  return (
    <Stack gap="md" role="status" aria-label="Loading the figures">
      <Skeleton h={96} />
      <Skeleton h={200} />
      <Skeleton h={320} />
    </Stack>
  );
}
