import { BarChart, LineChart } from '@mantine/charts';
import { count } from '../../shared/numbers';
import { interval, shortDay } from './days';

export interface Line {
  readonly name: string;
  readonly label: string;
  readonly color: string;
  /** Dashes distinguish lines without relying on colour. */
  readonly dashes?: string;
  /** Drawn wide and pale beneath the others, so that it stays visible where another line has the same values. */
  readonly beneath?: boolean;
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
  /** An extra note for the tooltip of a point. */
  readonly noteOf?: (point: Point) => string;
}

const shared = ({ points, lines, height = 240, format = count, domain, noteOf }: Options) => ({
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
  // Keeps the order of the lines; the default sorts by name.
  legendProps: { itemSorter: null },
  valueFormatter: format,
  xAxisProps: { tickFormatter: shortDay, minTickGap: 24 },
  // Label every tick; the default leaves some out.
  yAxisProps: { allowDecimals: false, interval: 0 as const, ...(domain && { domain: [...domain] }) },
  tooltipProps: {
    labelFormatter: (from: unknown) => {
      const point = points.find((one) => one.from === from);
      if (!point) return String(from);
      return noteOf ? `${interval(point)} · ${noteOf(point)}` : interval(point);
    },
  },
});

/** The drawing is hidden from screen readers (they have the table), so nothing in it may take the focus. */
const QUIET = { accessibilityLayer: false, margin: { top: 10 } } as const;

export function LineSeries(options: Options) {
  const { points, lines } = options;
  const beneath = new Set(lines.flatMap((line) => (line.beneath ? [line.name] : [])));
  // A value between two gaps is drawn as a dot, because no line leads to it.
  const hasGaps = points.some((point) => lines.some(({ name }) => point[name] === null));
  return (
    <LineChart
      {...shared(options)}
      curveType="monotone"
      withDots={hasGaps || points.length <= 31}
      connectNulls={false}
      lineProps={({ name }) => ({
        isAnimationActive: false,
        ...(beneath.has(name) && { strokeWidth: 8, strokeOpacity: 0.35 }),
      })}
      lineChartProps={QUIET}
    />
  );
}

export function BarSeries(options: Options) {
  return <BarChart {...shared(options)} barProps={{ isAnimationActive: false }} barChartProps={QUIET} />;
}
