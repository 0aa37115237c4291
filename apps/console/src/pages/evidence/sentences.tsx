import { Text } from '@mantine/core';
import { exactly } from '../../shared/time-words';
import type { Step } from './story';

/** When an event happened, how it arrived, and what it changed; on demand also what other events decided. */
export function Sentences({
  step: { event, arrival, changes, others },
  isWhole = false,
}: {
  step: Step;
  isWhole?: boolean;
}) {
  return (
    <>
      <Text size="xs" c="dimmed">
        <time dateTime={event.time}>{exactly(event.time)}</time>
      </Text>
      {[...arrival, ...changes, ...(isWhole ? others : [])].map((sentence) => (
        <Text key={sentence} size="sm" className="breaks-words">
          {sentence}
        </Text>
      ))}
    </>
  );
}
