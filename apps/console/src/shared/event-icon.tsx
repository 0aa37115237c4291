import { meaningOf, type Meaning } from '@app/client';
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

const ICONS: Readonly<Record<Meaning, typeof IconCheck>> = {
  creation: IconPlus,
  publication: IconRocket,
  'status change': IconSwitchHorizontal,
  deletion: IconTrash,
  start: IconPlayerPlay,
  completion: IconCheck,
  dismissal: IconX,
  view: IconEye,
  like: IconHeart,
  comment: IconMessage,
  click: IconClick,
  answer: IconQuestionMark,
  'task completion': IconCheck,
  'task skip': IconPlayerSkipForward,
  submission: IconMessage,
};

/** A decorative icon; the text beside it carries the meaning. */
export function EventIcon({ event, size = 14 }: { event: string; size?: number }) {
  const meaning = meaningOf(event);
  const Icon = meaning === null ? IconPointFilled : ICONS[meaning];
  return <Icon size={size} aria-hidden />;
}
