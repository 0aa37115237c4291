import { Badge } from '@mantine/core';
import { IconCheck, IconEye, IconPlayerPlay, IconX } from '@tabler/icons-react';

export type JourneyState = 'seen' | 'started' | 'completed' | 'dismissed';

const SHOWN = {
  seen: { color: 'gray', icon: IconEye },
  started: { color: 'blue', icon: IconPlayerPlay },
  completed: { color: 'teal', icon: IconCheck },
  dismissed: { color: 'orange', icon: IconX },
} as const;

/** The state of a user's journey through an experience. */
export function JourneyStateBadge({ state }: { state: JourneyState }) {
  const { color, icon: Icon } = SHOWN[state];
  return (
    <Badge
      className="readable-badge"
      variant="light"
      color={color}
      miw="max-content"
      leftSection={<Icon size={12} aria-hidden />}
    >
      {state}
    </Badge>
  );
}
