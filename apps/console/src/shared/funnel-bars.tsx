import { Box, Group, Stack, Text } from '@mantine/core';
import { CHART } from './chart-colors';
import { count, share } from './numbers';

export interface FunnelStep {
  readonly label: string;
  readonly count: number;
  readonly color?: string;
}

/**
 * One bar per step, as wide as its share of `whole` (by default the first step). The numbers are beside the bars.
 */
export function FunnelBars({ steps, whole: given }: { steps: readonly FunnelStep[]; whole?: number }) {
  const whole = given ?? steps[0]?.count ?? 0;
  return (
    <Stack gap="sm">
      {steps.map(({ label, count: size, color = CHART.indigo }, index) => (
        <div key={label}>
          <Group justify="space-between" wrap="nowrap" gap="xs" mb={4}>
            <Text size="sm" className="breaks-words">
              {label}
            </Text>
            <Text size="sm" className="numbers" style={{ flexShrink: 0 }}>
              <b>{count(size)}</b>
              {(index > 0 || given !== undefined) && (
                <Text span size="sm" c="dimmed">
                  {' '}
                  · {share(size, whole)}
                </Text>
              )}
            </Text>
          </Group>
          <Box h={14} bdrs="sm" className="bar-track">
            <Box
              h="100%"
              bdrs="sm"
              style={{
                // A bar that is not empty stays visible, however small its share.
                width: whole === 0 || size === 0 ? 0 : `max(3px, ${(100 * Math.min(size, whole)) / whole}%)`,
                background: color,
              }}
            />
          </Box>
        </div>
      ))}
    </Stack>
  );
}
