import { useDraggable } from '@dnd-kit/core';
import { ActionIcon, Anchor, Badge, Group, Loader, Menu, Text, Tooltip } from '@mantine/core';
import { IconArrowRight, IconGitMerge, IconGripVertical, IconPencil, IconUser } from '@tabler/icons-react';
import { useRef } from 'react';
import { Link, type To } from 'react-router';
import { FEEDBACK_STATUSES, STATUS_LABELS, type FeedbackStatus } from '../../../shared/feedback-status';
import { Moment } from '../../../shared/time';
import { descriptionOf, excerptOf, foundIn, requesterOf, titleOf } from '../../../shared/request-text';
import { keyOf, projectNameOf, type Feedback } from '../triage';
import { useFollowingFocus, type FocusFollower } from './use-follow-focus';

export interface CardProps {
  readonly item: Feedback;
  readonly to: To;
  /** Absent if the token does not allow moving it. */
  readonly move?: (item: Feedback, to: FeedbackStatus) => void;
  readonly sending: boolean;
  readonly unsent: boolean;
  readonly showWorkspace: boolean;
  /** The search text of the board; the card shows its own match. */
  readonly searched: string | null;
  readonly focus: FocusFollower;
}

const SHOWN_TAGS = 3;

export function Card({ item, to, move, sending, unsent, showWorkspace, searched, focus }: CardProps) {
  const key = keyOf(item);
  const title = titleOf(item);
  const card = useRef<HTMLLIElement>(null);
  const { setNodeRef, setActivatorNodeRef, listeners, attributes, isDragging } = useDraggable({
    id: key,
    data: { item },
    disabled: !move || sending,
  });
  useFollowingFocus(card, key, focus);
  const moveByMenu = (status: FeedbackStatus): void => {
    focus.follow(key, 'menu');
    move?.(item, status);
  };
  return (
    <li
      ref={(element) => {
        card.current = element;
        setNodeRef(element);
      }}
      {...listeners}
      className="feedback-board-card"
      data-dragging={isDragging}
      aria-busy={sending}
    >
      <Group gap={4} wrap="nowrap" align="flex-start" justify="space-between">
        <Anchor
          component={Link}
          to={to}
          draggable={false}
          underline="hover"
          size="sm"
          fw={550}
          c="bright"
          className="feedback-board-title"
          data-part="title"
        >
          {title}
        </Anchor>
        {sending && <Loader size={14} mt={4} aria-label="Sending" />}
        {move && (
          <Group gap={0} wrap="nowrap">
            <ActionIcon
              ref={setActivatorNodeRef}
              data-part="grip"
              variant="subtle"
              color="gray"
              size={26}
              className="feedback-board-grip"
              aria-label={`Pick up “${title}”`}
              aria-roledescription={attributes['aria-roledescription']}
              aria-describedby={attributes['aria-describedby']}
            >
              <IconGripVertical size={16} aria-hidden />
            </ActionIcon>
            <Menu position="bottom-end" withinPortal>
              <Menu.Target>
                <ActionIcon
                  data-part="menu"
                  variant="subtle"
                  color="gray"
                  size={26}
                  aria-label={`Move “${title}” to…`}
                  title="Move to…"
                >
                  <IconArrowRight size={16} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>Move to…</Menu.Label>
                {FEEDBACK_STATUSES.filter((status) => status !== item.status).map((status) => (
                  <Menu.Item key={status} onClick={() => moveByMenu(status)}>
                    {STATUS_LABELS[status]}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          </Group>
        )}
      </Group>
      <Details item={item} unsent={unsent} showWorkspace={showWorkspace} searched={searched} />
    </li>
  );
}

/** The text of a request, or an excerpt around the match if the title does not contain the search text. */
function wordsOf(item: Feedback, searched: string | null): string | null {
  if (searched === null || excerptOf(titleOf(item), searched) !== null) return descriptionOf(item);
  const found = foundIn(item.request, searched);
  if (found !== null) return found;
  const project = projectNameOf(item);
  return project !== null && excerptOf(project, searched) !== null
    ? `project: ${project}`
    : descriptionOf(item);
}

function Details({
  item,
  unsent,
  showWorkspace,
  searched,
}: Pick<CardProps, 'item' | 'unsent' | 'showWorkspace' | 'searched'>) {
  const project = projectNameOf(item);
  const words = wordsOf(item, searched);
  const requester = requesterOf(item);
  const further = item.tags.length - SHOWN_TAGS;
  return (
    <>
      {words !== null && (
        <Text size="xs" lineClamp={3} className="feedback-board-meta">
          {words}
        </Text>
      )}
      <Text size="xs" c="dimmed" className="feedback-board-meta">
        {requester && <>{requester} · </>}
        {project && <>{project} · </>}
        <Moment at={item.createdAt} relative />
      </Text>
      <Group gap={4} mt={4} className="feedback-board-badges">
        {unsent && (
          <Badge
            size="sm"
            color="yellow"
            variant="outline"
            c="bright"
            tt="none"
            leftSection={<IconPencil size={10} />}
          >
            Unsent changes
          </Badge>
        )}
        {item.assignee !== null && (
          <Badge size="sm" variant="default" tt="none" leftSection={<IconUser size={10} aria-hidden />}>
            {item.assignee}
          </Badge>
        )}
        {item.tags.slice(0, SHOWN_TAGS).map((tag) => (
          <Badge key={tag} size="sm" variant="default" tt="none" fw={500}>
            {tag}
          </Badge>
        ))}
        {further > 0 && (
          <Tooltip label={item.tags.slice(SHOWN_TAGS).join(', ')}>
            <Text size="xs" c="dimmed" component="span">
              +{further}
            </Text>
          </Tooltip>
        )}
        {item.mergedInto !== null && (
          <Badge size="sm" variant="default" tt="none" leftSection={<IconGitMerge size={10} aria-hidden />}>
            Merged
          </Badge>
        )}
        {showWorkspace && (
          <Badge size="sm" variant="outline" color="gray" c="dimmed" tt="none">
            {item.workspace}
          </Badge>
        )}
      </Group>
    </>
  );
}

/** The preview that follows the pointer while a card is dragged. */
export function DraggedCard({ item }: { item: Feedback }) {
  return (
    <div className="feedback-board-card feedback-board-dragged">
      <Text size="sm" fw={550}>
        {titleOf(item)}
      </Text>
    </div>
  );
}
