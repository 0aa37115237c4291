import { useDroppable } from '@dnd-kit/core';
import { Badge, ColorSwatch, Group, Loader, Skeleton, Text, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { STATUS_COLORS, STATUS_LABELS, type FeedbackStatus } from '../../../shared/feedback-status';
import { More } from '../../../shared/more';
import { Failed } from '../../../shared/states';
import type { Columns } from '../queries';

export function Column({
  status,
  list,
  count,
  dropping,
  children,
  empty,
}: {
  status: FeedbackStatus;
  list: Columns[FeedbackStatus];
  count: string | null;
  /** The title of the dragged card while it is over this column. */
  dropping: string | null;
  children: readonly ReactNode[];
  empty: ReactNode;
}) {
  const id = useId();
  const { setNodeRef } = useDroppable({ id: status });
  return (
    <section
      ref={setNodeRef}
      className="feedback-board-column"
      aria-labelledby={id}
      data-over={dropping !== null}
    >
      <Group justify="space-between" wrap="nowrap" mb="xs" gap="xs">
        <Group gap={6} wrap="nowrap">
          <ColorSwatch
            color={`var(--mantine-color-${STATUS_COLORS[status]}-6)`}
            size={10}
            withShadow={false}
          />
          <Title order={2} size="h6" id={id}>
            {STATUS_LABELS[status]}
          </Title>
        </Group>
        {count === null ? (
          <Loader size={12} aria-label="Counting" />
        ) : (
          <Badge variant="default" size="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
            {count}
          </Badge>
        )}
      </Group>
      {dropping !== null && (
        <Text size="sm" className="feedback-board-drop-here">
          {dropping}
        </Text>
      )}
      {/* Loaded items stay visible below the error. */}
      {list.error && (
        <Failed error={list.error} what={`column ${STATUS_LABELS[status]}`} retry={list.retry} />
      )}
      {children.length > 0 ? (
        <ul className="feedback-board-list">{children}</ul>
      ) : list.items ? (
        <Text size="sm" c="dimmed" ta="center" py="lg">
          {empty}
        </Text>
      ) : list.error ? null : (
        <div role="status" aria-label={`Loading column ${STATUS_LABELS[status]}`}>
          {[0, 1, 2].map((row) => (
            <Skeleton key={row} height={72} mb="xs" />
          ))}
        </div>
      )}
      <More more={list.more} loading={list.loadingMore} />
    </section>
  );
}
