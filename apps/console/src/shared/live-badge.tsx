import { Badge } from '@mantine/core';
import type { Liveness } from '../stream/use-changes';

const WORDS: Readonly<Record<Liveness, { readonly word: string; readonly color: string }>> = {
  connecting: { word: 'Connecting', color: 'gray' },
  live: { word: 'Live', color: 'teal' },
  lost: { word: 'Not updating', color: 'orange' },
};

/** Whether the page receives changes live. */
export function LiveBadge({ liveness }: { liveness: Liveness }) {
  const { word, color } = WORDS[liveness];
  return (
    <Badge className="readable-badge" variant="dot" color={color} tt="none" role="status">
      {word}
    </Badge>
  );
}
