import { DndContext, DragOverlay, type DragOverEvent, type DragStartEvent } from '@dnd-kit/core';
import { useRef, useState } from 'react';
import type { To } from 'react-router';
import { FEEDBACK_STATUSES, type FeedbackStatus } from '../../../shared/feedback-status';
import '../feedback.css';
import { Card, DraggedCard } from './card';
import { Column } from './column';
import { announcements, INSTRUCTIONS, itemOf, useDragging } from './drag';
import type { KeptDraft } from '../item/draft-store';
import type { Known, Placed } from './placed';
import type { Columns } from '../queries';
import { titleOf } from '../../../shared/request-text';
import { keyOf, type Feedback } from '../triage';
import { useFocusFollower } from './use-follow-focus';

export interface BoardProps {
  readonly columns: Columns;
  readonly items: Placed;
  readonly counts: Readonly<Record<FeedbackStatus, string | null>>;
  readonly known: ReadonlyMap<string, Known>;
  readonly drafts: ReadonlyMap<string, KeptDraft>;
  readonly showWorkspace: boolean;
  readonly filtered: boolean;
  readonly searched: string | null;
  readonly linkOf: (item: Feedback) => To;
  /** Null if the token does not allow it. */
  readonly move: ((item: Feedback, to: FeedbackStatus) => void) | null;
}

interface Dragged {
  readonly item: Feedback;
  readonly over: FeedbackStatus | null;
  readonly byKeyboard: boolean;
}

export function Board({
  columns,
  items,
  counts,
  known,
  drafts,
  showWorkspace,
  filtered,
  searched,
  linkOf,
  move,
}: BoardProps) {
  const frame = useRef<HTMLDivElement>(null);
  const { sensors, collision, begin } = useDragging(frame);
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const focus = useFocusFollower();
  const [spoken] = useState(announcements);

  const started = ({ active, activatorEvent }: DragStartEvent): void => {
    begin();
    setDragged({
      item: itemOf(active.data),
      over: null,
      byKeyboard: activatorEvent instanceof KeyboardEvent,
    });
  };
  const over = ({ over }: DragOverEvent): void =>
    setDragged((old) => old && { ...old, over: (over?.id as FeedbackStatus | undefined) ?? null });
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={collision}
      accessibility={{
        announcements: spoken,
        screenReaderInstructions: INSTRUCTIONS,
        restoreFocus: false,
      }}
      onDragStart={started}
      onDragOver={over}
      onDragCancel={() => setDragged(null)}
      onDragEnd={({ active, over: target }) => {
        setDragged(null);
        if (target) move?.(itemOf(active.data), target.id as FeedbackStatus);
      }}
    >
      <div className="feedback-board" ref={frame} role="group" aria-label="Board: one column for each status">
        {FEEDBACK_STATUSES.map((status) => (
          <Column
            key={status}
            status={status}
            list={columns[status]}
            count={counts[status]}
            dropping={
              dragged && dragged.over === status && dragged.item.status !== status
                ? titleOf(dragged.item)
                : null
            }
            empty={filtered ? 'No requests match these filters.' : 'No requests.'}
          >
            {items[status].map((item) => {
              const key = keyOf(item);
              return (
                <Card
                  key={key}
                  item={item}
                  to={linkOf(item)}
                  {...(move && { move })}
                  sending={known.get(key)?.sending ?? false}
                  unsent={drafts.has(key)}
                  showWorkspace={showWorkspace}
                  searched={searched}
                  focus={focus}
                />
              );
            })}
          </Column>
        ))}
      </div>
      <DragOverlay dropAnimation={null}>
        {dragged && !dragged.byKeyboard && <DraggedCard item={dragged.item} />}
      </DragOverlay>
    </DndContext>
  );
}
