import type { components } from '@app/client';
import { Card, SimpleGrid, Text } from '@mantine/core';
import type { Experience } from '../../shared/experience';
import { figureLink } from '../../shared/evidence-links';
import { count, percent } from '../../shared/numbers';
import { useWorkspace } from '../../shared/use-query-state';
import { Why } from '../../shared/why';

export type Counts = components['schemas']['FunnelCountsDto'];

interface Measure {
  readonly label: string;
  readonly means: string;
  readonly value: (counts: Counts) => number | null;
  readonly shown?: (value: number) => string;
}

const MEASURES = {
  saw: { label: 'Saw it', means: 'Users who saw it', value: ({ saw }) => saw },
  started: { label: 'Started', means: 'Users who started it', value: ({ started }) => started },
  completed: {
    label: 'Completed',
    means: 'Users who completed it in any run',
    value: ({ completed }) => completed,
  },
  rate: {
    label: 'Completion rate',
    means: 'Share of first starts that were completed since',
    value: ({ completionRate }) => completionRate,
    shown: percent,
  },
  dismissed: { label: 'Dismissed', means: 'Users who closed it', value: ({ dismissed }) => dismissed },
  likes: { label: 'Likes', means: 'Users who liked it', value: ({ likes }) => likes },
  comments: { label: 'Comments', means: 'All comments', value: ({ comments }) => comments },
  ctaClicks: {
    label: 'CTA clicks',
    means: 'Clicks on its call-to-action buttons',
    value: ({ ctaClicks }) => ctaClicks,
  },
} as const satisfies Record<string, Measure>;
type MeasureName = keyof typeof MEASURES;
/** Measures that count users or events; a rate does not. */
export type CountedMeasure = Exclude<MeasureName, 'rate'>;

const isCounted = (name: string | null): name is CountedMeasure =>
  name !== null && name !== 'rate' && Object.hasOwn(MEASURES, name);

/** The measure of this name with its label; the first if there is none of this name. */
export function measureOf(name: string | null): { readonly name: CountedMeasure; readonly label: string } {
  const known = isCounted(name) ? name : 'saw';
  return { name: known, label: MEASURES[known].label };
}

/** Whether the measure counts events; others count users. */
export const countsEvents = (name: CountedMeasure): boolean => name === 'comments' || name === 'ctaClicks';

/** The measures that each type can have. Others are shown only if they are above zero. */
const EXPECTED: Readonly<Record<string, readonly MeasureName[]>> = {
  TOUR: ['saw', 'started', 'completed', 'rate', 'ctaClicks'],
  SURVEY: ['saw', 'started', 'completed', 'rate'],
  CHECKLIST: ['saw', 'started', 'completed', 'rate', 'dismissed'],
  HINT: ['saw'],
  BANNER: ['saw'],
  POST: ['saw', 'likes', 'comments', 'ctaClicks'],
};

export const canBeStarted = ({ type }: Experience, { started }: Counts): boolean =>
  started > 0 || type === null || (EXPECTED[type]?.includes('started') ?? true);

export const hasClicks = ({ type }: Experience, { ctaClicks }: Counts): boolean =>
  ctaClicks > 0 || type === 'TOUR' || type === 'POST';

export function Figures({ experience, totals }: { experience: Experience; totals: Counts }) {
  const { workspace } = useWorkspace();
  const expected = EXPECTED[experience.type ?? ''];
  const shown = Object.entries<Measure>(MEASURES).filter(
    ([name, { value }]) => !expected || expected.includes(name as MeasureName) || (value(totals) ?? 0) > 0,
  );
  return (
    <SimpleGrid
      cols={{ base: 2, sm: 3, lg: Math.min(Math.max(shown.length, 3), 5) }}
      spacing="sm"
      component="dl"
      m={0}
    >
      {shown.map(([name, { label, means, value, shown: format = count }]) => {
        const figure = value(totals);
        return (
          <Card key={name} withBorder p="sm">
            <Text component="dt" size="sm" fw={600}>
              {label}
            </Text>
            <Text component="dd" m={0} fz={26} fw={700} lh={1.2} className="numbers">
              {figure === null ? '–' : format(figure)}
            </Text>
            <Text component="dd" m={0} size="xs" c="dimmed">
              {means}{' '}
              {isCounted(name) && (
                <Why of={label} to={figureLink({ uid: experience.uid, workspace }, name)} />
              )}
            </Text>
          </Card>
        );
      })}
    </SimpleGrid>
  );
}
