import {
  KeyboardSensor,
  MouseSensor,
  pointerWithin,
  TouchSensor,
  useSensor,
  useSensors,
  type Announcements,
  type CollisionDetection,
  type KeyboardCoordinateGetter,
  type ScreenReaderInstructions,
} from '@dnd-kit/core';
import { useState } from 'react';
import { FEEDBACK_STATUSES, STATUS_LABELS, type FeedbackStatus } from '../../../shared/feedback-status';
import { titleOf } from '../../../shared/request-text';
import { type Feedback } from '../triage';

export const itemOf = (data: { readonly current?: unknown }): Feedback =>
  (data.current as { readonly item: Feedback }).item;

const label = (id: string | number): string => STATUS_LABELS[id as FeedbackStatus];

export const INSTRUCTIONS: ScreenReaderInstructions = {
  draggable:
    'Press Space to pick up the request, the left and right arrow keys to choose a column, Space to drop it, and Escape to cancel.',
};

/** Announcements for screen readers during a drag. */
export function announcements(): Announcements {
  // Picking a card up also reports that it is over its own column; announcing that would cut off the instructions.
  let pickedUp = false;
  return {
    onDragStart: ({ active }) => {
      pickedUp = true;
      const item = itemOf(active.data);
      return `Picked up “${titleOf(item)}” in ${label(item.status)}. Use the left and right arrow keys to choose a column, Space to drop, Escape to cancel.`;
    },
    onDragOver: ({ active, over }) => {
      const first = pickedUp;
      pickedUp = false;
      if (first && over?.id === itemOf(active.data).status) return undefined;
      if (!over) return 'Not over a column.';
      const place = FEEDBACK_STATUSES.indexOf(over.id as FeedbackStatus) + 1;
      return `Over ${label(over.id)}, column ${place} of ${FEEDBACK_STATUSES.length}.`;
    },
    onDragEnd: ({ active, over }) => {
      const item = itemOf(active.data);
      return over && over.id !== item.status
        ? `Dropped “${titleOf(item)}” in ${label(over.id)}.`
        : `“${titleOf(item)}” stays in ${label(item.status)}.`;
    },
    onDragCancel: ({ active }) => {
      const item = itemOf(active.data);
      return `Cancelled: “${titleOf(item)}” stays in ${label(item.status)}.`;
    },
  };
}

/**
 * The keyboard moves from column to column, wherever they are on the screen; a column that is out of view is scrolled into it.
 */
class KeyboardColumns {
  private chosen: number | null = null;

  constructor(private readonly board: { readonly current: HTMLElement | null }) {}

  readonly begin = (): void => {
    this.chosen = null;
  };

  readonly coordinates: KeyboardCoordinateGetter = (event, { active, currentCoordinates, context }) => {
    const step = event.code === 'ArrowRight' ? 1 : event.code === 'ArrowLeft' ? -1 : 0;
    const data = context.draggableNodes.get(active)?.data;
    if (step === 0 || !data) return undefined;
    const from = this.chosen ?? FEEDBACK_STATUSES.indexOf(itemOf(data).status);
    this.chosen = Math.min(Math.max(from + step, 0), FEEDBACK_STATUSES.length - 1);
    const { current } = this.board;
    current?.children[this.chosen]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    // In the middle of the board, so that the sensor does not scroll by itself.
    const frame = current?.getBoundingClientRect();
    return { x: frame ? frame.left + frame.width / 2 : currentCoordinates.x, y: currentCoordinates.y };
  };

  readonly collision: CollisionDetection = (args) => {
    if (args.pointerCoordinates) return pointerWithin(args);
    const over = this.chosen ?? FEEDBACK_STATUSES.indexOf(itemOf(args.active.data).status);
    return [{ id: FEEDBACK_STATUSES[over]! }];
  };
}

/** Dragging by mouse, long press or keyboard. */
export function useDragging(board: { readonly current: HTMLElement | null }) {
  const [keyboard] = useState(() => new KeyboardColumns(board));
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 250, tolerance: 8 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: keyboard.coordinates,
      keyboardCodes: { start: ['Space', 'Enter'], end: ['Space', 'Enter'], cancel: ['Escape', 'Tab'] },
    }),
  );
  return { sensors, collision: keyboard.collision, begin: keyboard.begin };
}
