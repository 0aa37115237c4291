import { Button, Card, Group, Text, Title } from '@mantine/core';
import { IconTable } from '@tabler/icons-react';
import { useId, useState, type ReactNode } from 'react';
import { PlainTable, type TableContent } from './plain-table';

/**
 * Recharts draws into portals, on which React listens for focus events, and Chromium makes such SVG elements focusable. Tab
 * must not stop at content that is hidden from screen readers.
 */
function leaveToTheMouse(drawing: HTMLElement | null): (() => void) | undefined {
  if (!drawing) return;
  const leave = (): void =>
    drawing
      .querySelectorAll('svg g[class*="zIndex-layer"]:not([tabindex])')
      .forEach((layer) => layer.setAttribute('tabindex', '-1'));
  leave();
  const layers = new MutationObserver(leave);
  layers.observe(drawing, { childList: true, subtree: true });
  return () => layers.disconnect();
}

/**
 * A chart in a card, with its numbers as a table on demand.
 *
 * @param summary the message of the chart in one sentence
 */
export function Figure({
  title,
  summary,
  table,
  children,
  aside,
}: {
  title: string;
  summary: string;
  table: TableContent;
  children: ReactNode;
  aside?: ReactNode;
}) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  return (
    <Card withBorder component="section" aria-labelledby={id}>
      <Group justify="space-between" mb="xs" wrap="nowrap" align="flex-start">
        <div className="breaks-words">
          <Title order={2} size="h4" id={id}>
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {summary}
          </Text>
        </div>
        <Group gap="xs" wrap="nowrap">
          {aside}
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconTable size={14} aria-hidden />}
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            Table
          </Button>
        </Group>
      </Group>
      {asTable ? (
        <PlainTable label={title} {...table} minWidth={300} maxHeight={360} striped />
      ) : (
        // The table has the same content; the drawing would only be noise to a screen reader.
        <div aria-hidden ref={leaveToTheMouse}>
          {children}
        </div>
      )}
    </Card>
  );
}
