import {
  IconCheck,
  IconClick,
  IconEye,
  IconHeart,
  IconMessage,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconPlus,
  IconPointFilled,
  IconQuestionMark,
  IconRocket,
  IconSwitchHorizontal,
  IconTrash,
  IconX,
} from '@tabler/icons-react';

const ICONS: Readonly<Record<string, typeof IconCheck>> = {
  created: IconPlus,
  published: IconRocket,
  'status-changed': IconSwitchHorizontal,
  deleted: IconTrash,
  started: IconPlayerPlay,
  completed: IconCheck,
  dismissed: IconX,
  seen: IconEye,
  liked: IconHeart,
  commented: IconMessage,
  'cta.clicked': IconClick,
  'step.answered': IconQuestionMark,
  'task.completed': IconCheck,
  'task.skipped': IconPlayerSkipForward,
};

/** For what an event says; the words beside it carry the meaning. */
export function EventIcon({ event, size = 14 }: { event: string; size?: number }) {
  const Icon =
    event === 'request.created'
      ? IconMessage
      : (ICONS[event.slice(event.indexOf('.') + 1)] ?? IconPointFilled);
  return <Icon size={size} aria-hidden />;
}
