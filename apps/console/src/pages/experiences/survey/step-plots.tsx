import { BarChart } from '@mantine/charts';
import { Grid, Stack } from '@mantine/core';
import { CHART } from '../../../shared/chart-colors';
import { Figure } from '../../../shared/figure';
import { FunnelBars } from '../../../shared/funnel-bars';
import { count, counted, decimal, share, signed } from '../../../shared/numbers';
import { interval } from '../days';
import { useRange } from '../range';
import { BarSeries, LineSeries } from '../series-chart';
import { NpsGauge, PARTS, type Nps } from './nps-gauge';
import { choicesOf, stepTitle, stepTypeWord } from './step-kinds';
import { useStepSeries, type StepAnswers } from './use-answers';

const answersTo = (step: StepAnswers): string =>
  `${stepTypeWord(step.stepType)} · ${counted(step.responses, 'answer')}`;

export function NpsStep({ step, nps }: { step: StepAnswers; nps: Nps }) {
  const whole = nps.promoters + nps.passives + nps.detractors;
  return (
    <Figure
      title={stepTitle(step)}
      summary={`${answersTo(step)}. NPS = % promoters − % detractors = ${signed(nps.score)}.`}
      table={{
        head: ['Group', 'Answer', 'Users', 'Share'],
        rows: [
          ...PARTS.map(({ part, label, means }) => [label, means, count(nps[part]), share(nps[part], whole)]),
          ...(step.histogram ?? []).map((bin) => [
            '',
            binLabel(bin),
            count(bin.count),
            share(bin.count, whole),
          ]),
        ],
      }}
    >
      <Stack gap="md">
        <NpsGauge nps={nps} />
        <Histogram
          step={step}
          parts={PARTS.map(({ part, label, color }) => ({ name: part, label, color }))}
        />
      </Stack>
    </Figure>
  );
}

export function ScaleStep({ step }: { step: StepAnswers }) {
  const bins = step.histogram ?? [];
  const whole = bins.reduce((sum, bin) => sum + bin.count, 0);
  return (
    <Figure
      title={stepTitle(step)}
      summary={`${answersTo(step)}${step.mean === null ? '' : `, ${decimal(step.mean)} on average`}.`}
      table={{
        head: ['Answer', 'Answers', 'Share'],
        rows: bins.map((bin) => [binLabel(bin), count(bin.count), share(bin.count, whole)]),
      }}
    >
      <Histogram step={step} />
    </Figure>
  );
}

export function ChoiceStep({ step }: { step: StepAnswers }) {
  const choices = choicesOf(step);
  const several = step.distribution.some(({ value }) => Array.isArray(value));
  // The API returns at most the 200 most frequent choices; with exactly 200 there may be more.
  const cut = (step.choices ?? []).length >= 200;
  return (
    <Figure
      title={stepTitle(step)}
      summary={`${answersTo(step)}.${several ? ' An answer may contain several choices.' : ''}${cut ? ' Only the 200 most frequent choices are shown.' : ''}`}
      table={{
        head: ['Choice', 'Answers', 'Share of all answers'],
        rows: choices.map(({ label, count: size }) => [label, count(size), share(size, step.responses)]),
      }}
    >
      <FunnelBars
        whole={step.responses}
        steps={choices.map((choice) => ({ ...choice, color: CHART.indigo }))}
      />
    </Figure>
  );
}

type Bin = NonNullable<StepAnswers['histogram']>[number];

const binLabel = ({ from, to }: Bin): string =>
  from === to ? decimal(from) : `${decimal(from)} – ${decimal(to)}`;

interface Part {
  readonly name: string;
  readonly label: string;
  readonly color: string;
}
const ONE_PART: readonly Part[] = [{ name: 'answers', label: 'Answers', color: CHART.indigo }];

/** @param parts for an NPS question, so that each bar has the colour of its group */
function Histogram({ step, parts = ONE_PART }: { step: StepAnswers; parts?: readonly Part[] }) {
  const partOf = (value: number): string =>
    parts.length === 1 ? parts[0]!.name : value >= 9 ? 'promoters' : value >= 7 ? 'passives' : 'detractors';
  return (
    <BarChart
      h={180}
      type="stacked"
      data={(step.histogram ?? []).map((bin) => ({ answer: binLabel(bin), [partOf(bin.from)]: bin.count }))}
      dataKey="answer"
      series={[...parts]}
      valueFormatter={count}
      yAxisProps={{ allowDecimals: false, interval: 0 }}
      barProps={{ isAnimationActive: false }}
      barChartProps={{ accessibilityLayer: false, margin: { top: 10 } }}
    />
  );
}

/** The score or the mean, by the day of the answer. */
export function StepOverTime({ uid, step }: { uid: string; step: StepAnswers }) {
  const { data } = useStepSeries(uid, step.stepUid, useRange());
  if (!data || data.series.length < 2) return null;
  const isNps = data.totals.nps !== null;
  const points = data.series.map(({ from, to, mean, nps, responses }) => ({
    from,
    to,
    value: isNps ? (nps?.score ?? null) : mean,
    responses,
  }));
  const format = isNps ? signed : decimal;
  const what = isNps ? 'Score' : 'Average';
  const answers = points.reduce((sum, point) => sum + point.responses, 0);
  return (
    <Grid.Col span={{ base: 12, lg: 6 }}>
      <Figure
        title={`${what} over time`}
        summary={`“${stepTitle(step)}” by the day of the answer: ${counted(answers, 'answer')}. Days without answers have no ${what.toLowerCase()}.`}
        table={{
          head: ['When', what, 'Answers'],
          rows: points.map((point) => [
            interval(point),
            point.value === null ? '–' : format(point.value),
            count(point.responses),
          ]),
        }}
      >
        <LineSeries
          points={points}
          lines={[{ name: 'value', label: what, color: CHART.grape }]}
          height={220}
          format={format}
          noteOf={({ responses }) => counted(Number(responses), 'answer')}
          {...(isNps && { domain: [-100, 100] as const })}
        />
        <BarSeries
          points={points}
          lines={[{ name: 'responses', label: 'Answers', color: CHART.gray }]}
          height={90}
        />
      </Figure>
    </Grid.Col>
  );
}
