import { Badge, Group, Text, type MantineColor } from '@mantine/core';
import {
  IconBulb,
  IconChecklist,
  IconClipboardText,
  IconClockOff,
  IconNews,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconRoute,
  IconSpeakerphone,
  IconSparkles,
  IconTrash,
  type Icon,
} from '@tabler/icons-react';
import { meaningOf, type components } from '@app/client';
import { short } from './short';

export type Experience = components['schemas']['ExperienceDto'];
export type ExperienceStatus = Experience['status'];

export const TYPES = ['TOUR', 'SURVEY', 'CHECKLIST', 'HINT', 'BANNER', 'POST'] as const;
export type ExperienceType = (typeof TYPES)[number];

const WORDS: Readonly<Record<ExperienceType, { readonly word: string; readonly icon: Icon }>> = {
  TOUR: { word: 'Tour', icon: IconRoute },
  SURVEY: { word: 'Survey', icon: IconClipboardText },
  CHECKLIST: { word: 'Checklist', icon: IconChecklist },
  HINT: { word: 'Hint', icon: IconBulb },
  BANNER: { word: 'Banner', icon: IconSpeakerphone },
  POST: { word: 'Post', icon: IconNews },
};

const isKnown = (type: string | null | undefined): type is ExperienceType =>
  TYPES.some((known) => known === type);

/** The type as a word; the vendor's own word for an unknown type. */
export const typeWord = (type: string | null | undefined): string =>
  isKnown(type) ? WORDS[type].word : short(type ?? '', 40) || 'Unknown type';

/** Decorative; the type's name is beside it. */
export function TypeIcon({ type, size = 18 }: { type: string | null | undefined; size?: number }) {
  const Drawn = isKnown(type) ? WORDS[type].icon : IconSparkles;
  return <Drawn size={size} aria-hidden style={{ flexShrink: 0 }} />;
}

export function TypeLabel({ type }: { type: string | null | undefined }) {
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex">
      <TypeIcon type={type} />
      <Text span size="sm">
        {typeWord(type)}
      </Text>
    </Group>
  );
}

/** In the order of the lifecycle. */
export const STATUSES: readonly {
  readonly status: ExperienceStatus;
  readonly word: string;
  readonly means: string;
  readonly color: MantineColor;
  readonly icon: Icon;
}[] = [
  { status: 'draft', word: 'Draft', means: 'Not published yet.', color: 'gray', icon: IconPencil },
  { status: 'live', word: 'Live', means: 'Shown to your users.', color: 'teal', icon: IconPlayerPlay },
  {
    status: 'paused',
    word: 'Paused',
    means: 'Published, but not shown for now.',
    color: 'orange',
    icon: IconPlayerPause,
  },
  {
    status: 'expired',
    word: 'Expired',
    means: 'Its expiry date has passed.',
    color: 'grape',
    icon: IconClockOff,
  },
  {
    status: 'deleted',
    word: 'Deleted',
    means: 'Deleted; its figures are kept.',
    color: 'red',
    icon: IconTrash,
  },
];

export const statusOf = (status: ExperienceStatus) => STATUSES.find((one) => one.status === status)!;

export function StatusBadge({
  status,
  size = 'md',
}: {
  status: ExperienceStatus;
  size?: 'sm' | 'md' | 'lg';
}) {
  const { word, color, icon: Drawn } = statusOf(status);
  return (
    <Badge
      className="readable-badge"
      variant="light"
      color={color}
      size={size}
      tt="none"
      leftSection={<Drawn size={12} aria-hidden />}
      miw="max-content"
    >
      {word}
    </Badge>
  );
}

export const titleOf = ({ title, uid }: { title?: string | null | undefined; uid: string }): string =>
  short(title ?? '') || `Untitled …${uid.slice(-8)}`;

/** The label of a lifecycle event, given the status after it. */
export function lifecycleWord(event: string, status: ExperienceStatus): string {
  const change = event.slice(event.indexOf('.') + 1);
  if (meaningOf(event) !== 'status change')
    return change.charAt(0).toUpperCase() + change.slice(1).replaceAll('-', ' ');
  return {
    draft: 'Back to draft',
    live: 'Set live',
    paused: 'Paused',
    expired: 'Expired',
    deleted: 'Deleted',
  }[status];
}

/** The author of a change: the name, otherwise the e-mail address or uid; null if the event names nobody. */
export function personOf(user: components['schemas']['UserDto'] | null | undefined): string | null {
  if (!user) return null;
  const name = short([user.firstName, user.lastName].filter(Boolean).join(' '), 80);
  return name || short(user.email ?? '', 80) || user.uid || null;
}
