import { Badge, SegmentedControl } from '@mantine/core';
import { useQueryState } from '../../shared/use-query-state';

export const STATES = ['set-aside', 'replayed', 'discarded'] as const;
export type DecisionState = (typeof STATES)[number];

const WORDS: Readonly<Record<DecisionState, { word: string; color: string }>> = {
  'set-aside': { word: 'Open', color: 'yellow' },
  replayed: { word: 'Replayed', color: 'teal' },
  discarded: { word: 'Discarded', color: 'gray' },
};

/** The state to list, from the address. */
export function useShownState(): DecisionState {
  return useQueryState().oneOf('state', STATES);
}

export function StateChoice() {
  const { oneOf, set } = useQueryState();
  return (
    <SegmentedControl
      aria-label="State"
      value={oneOf('state', STATES)}
      onChange={(state) => set({ state: state === STATES[0] ? null : state })}
      data={STATES.map((value) => ({ value, label: WORDS[value].word }))}
      withItemsBorders={false}
    />
  );
}

export function StateBadge({ state }: { state: DecisionState }) {
  const { word, color } = WORDS[state];
  return (
    <Badge variant="light" color={color}>
      {word}
    </Badge>
  );
}
