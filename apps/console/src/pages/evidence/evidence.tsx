import { Grid } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useMemo } from 'react';
import { Empty } from '../../shared/states';
import { useQueryState } from '../../shared/use-query-state';
import type { Explanation, Model } from './explanation';
import { StepCard } from './step-card';
import { storyOf } from './story';
import { StoryList } from './story-list';

/**
 * The events behind a row, one step after the other. The address names the event that is shown; without a name it is the
 * newest, so that the row is as it is now.
 */
export function Evidence({
  explanation,
  model,
  more,
  loadingMore,
}: {
  explanation: Explanation;
  model: Model;
  more: (() => void) | null;
  loadingMore: boolean;
}) {
  const { get, set } = useQueryState();
  const steps = useMemo(() => storyOf(explanation, model), [explanation, model]);
  const last = steps.length - 1;
  const indexOf = (id: string | null): number => {
    const index = steps.findIndex(({ event }) => event.id === id);
    return index < 0 ? last : index;
  };
  const at = indexOf(get('event'));
  const go = (index: number): void => {
    const to = Math.min(Math.max(index, 0), last);
    // Back leaves the page, however many steps were taken.
    set({ event: to === last && more === null ? null : steps[to]!.event.id }, { replace: true });
  };
  // Read the current address, not the last rendered one: a held key repeats faster than the page renders.
  const move = (by: number): void =>
    go(indexOf(new URLSearchParams(window.location.search).get('event')) + by);
  useHotkeys([
    ['ArrowLeft', () => move(-1)],
    ['ArrowRight', () => move(1)],
  ]);
  const step = steps[at];
  if (!step) return <Empty title="No events">No event in the log is about this.</Empty>;
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <StepCard
          step={step}
          at={at}
          all={steps.length}
          isEnd={at === last && more === null}
          go={go}
          goToEvent={(id) => go(indexOf(id))}
        />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <StoryList steps={steps} at={at} go={go} more={more} loadingMore={loadingMore} />
      </Grid.Col>
    </Grid>
  );
}
