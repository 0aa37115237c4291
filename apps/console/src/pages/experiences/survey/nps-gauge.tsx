import { Box, Group, Stack, Text } from '@mantine/core';
import { CHART } from '../../../shared/chart-colors';
import { count, share, signed } from '../../../shared/numbers';
import type { StepAnswers } from './use-answers';

export type Nps = NonNullable<StepAnswers['nps']>;

export const PARTS = [
  { part: 'detractors', label: 'Detractors', means: '0 to 6', color: CHART.red },
  { part: 'passives', label: 'Passives', means: '7 and 8', color: CHART.gray },
  { part: 'promoters', label: 'Promoters', means: '9 and 10', color: CHART.teal },
] as const;

const R = 80;
/** A point on the semicircle from -100 (left) to 100 (right). */
const at = (score: number, radius: number): [number, number] => {
  const angle = Math.PI * (1 - (score + 100) / 200);
  return [100 + radius * Math.cos(angle), 96 - radius * Math.sin(angle)];
};
const arc = (from: number, to: number): string =>
  `M ${at(from, R).join(' ')} A ${R} ${R} 0 0 1 ${at(to, R).join(' ')}`;

/** The score on its scale from -100 to 100, and the shares it is made of. */
export function NpsGauge({ nps }: { nps: Nps }) {
  const { score } = nps;
  const [x1, y1] = at(score, R - 16);
  const [x2, y2] = at(score, R + 12);
  return (
    <Group gap="xl" align="center" wrap="wrap">
      <Box w={200} mx="auto">
        <svg viewBox="0 -12 200 130" width="100%" role="presentation">
          <path
            d={arc(-100, 100)}
            fill="none"
            strokeWidth={14}
            className="gauge-track"
            strokeLinecap="round"
          />
          {Math.abs(score) >= 1 && (
            <path
              d={score > 0 ? arc(0, score) : arc(score, 0)}
              fill="none"
              strokeWidth={14}
              stroke={score > 0 ? CHART.teal : CHART.red}
            />
          )}
          <line
            x1={x1}
            y1={y1}
            x2={x2}
            y2={y2}
            strokeWidth={4}
            className="gauge-hand"
            strokeLinecap="round"
          />
          <text x={100} y={86} textAnchor="middle" className="gauge-score numbers">
            {signed(score)}
          </text>
          <text x={20} y={114} textAnchor="middle" className="gauge-end">
            −100
          </text>
          <text x={100} y={2} textAnchor="middle" className="gauge-end">
            0
          </text>
          <text x={180} y={114} textAnchor="middle" className="gauge-end">
            +100
          </text>
        </svg>
      </Box>
      <Parts nps={nps} />
    </Group>
  );
}

function Parts({ nps }: { nps: Nps }) {
  const whole = nps.promoters + nps.passives + nps.detractors;
  return (
    <Stack gap="xs" style={{ flex: '1 1 220px' }}>
      <Group gap={2} h={18} wrap="nowrap">
        {PARTS.filter(({ part }) => nps[part] > 0).map(({ part, color }) => (
          <Box key={part} h="100%" bdrs={3} miw={4} style={{ flex: `${nps[part]} 0 0`, background: color }} />
        ))}
      </Group>
      {PARTS.map(({ part, label, means, color }) => (
        <Group key={part} gap="xs" wrap="nowrap">
          <Box w={12} h={12} bdrs={3} style={{ background: color, flexShrink: 0 }} />
          <Text size="sm">
            {label}{' '}
            <Text span size="xs" c="dimmed">
              {means}
            </Text>
          </Text>
          <Text size="sm" ml="auto" className="numbers">
            <b>{share(nps[part], whole)}</b>{' '}
            <Text span size="sm" c="dimmed">
              {count(nps[part])}
            </Text>
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
