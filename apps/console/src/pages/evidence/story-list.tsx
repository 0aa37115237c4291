import { Anchor, Card, Text, Timeline, Title } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { EventIcon } from '../../shared/event-icon';
import { More } from '../../shared/more';
import { Sentences } from './sentences';
import type { Step } from './story';

/** The width from which the row is beside the list, as in Evidence. */
const BESIDE = '(min-width: 62em)';

/** Every event of the story in sentences. A click on one shows the row after it. */
export function StoryList({
  steps,
  at,
  go,
  more,
  loadingMore,
}: {
  steps: readonly Step[];
  at: number;
  go: (index: number) => void;
  more: (() => void) | null;
  loadingMore: boolean;
}) {
  const shown = useRef<HTMLDivElement>(null);
  const opened = useRef(true);
  useEffect(() => {
    // The page opens at its top. On a phone the row is above the list and would be scrolled out of view.
    if (!opened.current && window.matchMedia(BESIDE).matches)
      shown.current?.scrollIntoView({ block: 'nearest' });
    opened.current = false;
  }, [at]);
  return (
    <Card withBorder component="section" aria-labelledby="story">
      <Title order={2} size="h4" id="story" mb="xs">
        What happened
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        Move through the events with the arrow keys ← and →.
      </Text>
      <Timeline bulletSize={24} lineWidth={2} active={at} aria-label="Events">
        {steps.map((step, index) => (
          <Timeline.Item key={step.event.id} bullet={<EventIcon event={step.event.event} />}>
            <div
              className="evidence-event"
              data-shown={index === at}
              {...(index === at && { ref: shown, 'aria-current': 'step' as const })}
            >
              <Anchor component="button" type="button" size="sm" fw={600} ta="left" onClick={() => go(index)}>
                {step.words}
              </Anchor>
              <Sentences step={step} />
            </div>
          </Timeline.Item>
        ))}
      </Timeline>
      <More more={more} loading={loadingMore} />
    </Card>
  );
}
