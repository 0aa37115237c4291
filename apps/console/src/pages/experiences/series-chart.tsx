import { BarChart, LineChart } from '@mantine/charts';
import { count } from '../../shared/numbers';
import { interval, shortDay } from './days';

export interface Line {
  readonly name: string;
  readonly label: string;
  readonly color: string;
  /** Lines are told apart by their dashes too. */
  readonly dashes?: string;
}

export interface Point {
  readonly from: string;
  readonly to: string;
  readonly [measure: string]: string | number | null;
}

interface Options {
  readonly points: readonly Point[];
  readonly lines: readonly Line[];
  readonly height?: number;
  readonly format?: (value: number) => string;
  readonly domain?: readonly [number, number];
}

const shared = ({ points, lines, height = 240, format = count, domain }: Options) => ({
  h: height,
  data: points.map((point) => ({ ...point })),
  dataKey: 'from',
  series: lines.map(({ name, label, color, dashes }) => ({
    name,
    label,
    color,
    ...(dashes !== undefined && { strokeDasharray: dashes }),
  })),
  withLegend: lines.length > 1,
  // In the order of the lines, not of the alphabet.
  legendProps: { itemSorter: null },
  valueFormatter: format,
  xAxisProps: { tickFormatter: shortDay, minTickGap: 24 },
  yAxisProps: { allowDecimals: false, ...(domain && { domain: [...domain] }) },
  tooltipProps: {
    labelFormatter: (from: unknown) => {
      const point = points.find((one) => one.from === from);
      return point ? interval(point) : String(from);
    },
  },
});

/** The drawing is hidden from screen readers, whose users have its table: so nothing in it may take the focus. */
const QUIET = { accessibilityLayer: false } as const;

export function LineSeries(options: Options) {
  return (
    <LineChart
      {...shared(options)}
      curveType="monotone"
      withDots={options.points.length <= 31}
      connectNulls
      lineProps={{ isAnimationActive: false }}
      lineChartProps={QUIET}
    />
  );
}

export function BarSeries(options: Options) {
  return <BarChart {...shared(options)} barProps={{ isAnimationActive: false }} barChartProps={QUIET} />;
}
