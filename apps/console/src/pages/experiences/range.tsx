import { Group, SegmentedControl, Select, Text, TextInput } from '@mantine/core';
import { useQueryState } from '../../shared/use-query-state';
import { isDay, plusDays, today } from './days';

const RANGES = ['all', '7', '30', '90', 'custom'] as const;
const INTERVALS = ['day', 'week'] as const;

export interface Range {
  readonly interval: (typeof INTERVALS)[number];
  readonly from?: string;
  /** Exclusive: the day after the last. */
  readonly to?: string;
}

/** The range from the address, in the form of the API's query. A custom range that ends before it begins loses its end. */
export function useRange(): Range {
  const { get, oneOf } = useQueryState();
  const range = oneOf('range', RANGES);
  const interval = oneOf('by', INTERVALS);
  if (range === 'all') return { interval };
  if (range !== 'custom')
    return { interval, from: plusDays(today(), 1 - Number(range)), to: plusDays(today(), 1) };
  const from = get('from');
  const until = get('until');
  return {
    interval,
    ...(isDay(from) && { from }),
    ...(isDay(until) && !(isDay(from) && until < from) && { to: plusDays(until, 1) }),
  };
}

/** The range without its interval, for queries without a series. */
export type Days = Pick<Range, 'from' | 'to'>;

export function useDays(): Days {
  const { from, to } = useRange();
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** A note beside content that the chosen range does not limit. */
export function AllTime() {
  const { from, to } = useDays();
  if (from === undefined && to === undefined) return null;
  return (
    <Text size="sm" c="dimmed">
      All time: the period chosen above does not apply here.
    </Text>
  );
}

export function RangePicker() {
  const { get, set, oneOf } = useQueryState();
  const range = oneOf('range', RANGES);
  return (
    <Group gap="sm" align="flex-end" component="section" aria-label="Period">
      <Select
        label="Period"
        w={170}
        allowDeselect={false}
        value={range}
        onChange={(next) =>
          set({ range: next === 'all' ? null : next, ...(next !== 'custom' && { from: null, until: null }) })
        }
        data={[
          { value: 'all', label: 'All time' },
          { value: '7', label: 'Last 7 days' },
          { value: '30', label: 'Last 30 days' },
          { value: '90', label: 'Last 90 days' },
          { value: 'custom', label: 'From … to …' },
        ]}
      />
      {range === 'custom' && (
        <>
          <Day label="From" value={get('from')} max={get('until')} onChange={(from) => set({ from })} />
          <Day label="To" value={get('until')} min={get('from')} onChange={(until) => set({ until })} />
        </>
      )}
      <div>
        <Text size="sm" fw={500} id="interval-label" mb={2}>
          Group by
        </Text>
        <SegmentedControl
          aria-labelledby="interval-label"
          value={oneOf('by', INTERVALS)}
          onChange={(by) => set({ by: by === 'day' ? null : by })}
          data={[
            { value: 'day', label: 'Day' },
            { value: 'week', label: 'Week' },
          ]}
        />
      </div>
      <Text size="xs" c="dimmed" pb={6}>
        Days are UTC.
      </Text>
    </Group>
  );
}

function Day({
  label,
  value,
  min,
  max,
  onChange,
}: {
  label: string;
  value: string | null;
  min?: string | null;
  max?: string | null;
  onChange: (day: string | null) => void;
}) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value ?? ''}
      min={min ?? undefined}
      max={max ?? undefined}
      onChange={(event) => onChange(event.currentTarget.value || null)}
    />
  );
}
