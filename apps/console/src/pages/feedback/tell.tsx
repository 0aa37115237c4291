import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

const newest = new Map<string, string>();
let count = 0;

export interface Message {
  /** One message about it, in place of the one before. */
  readonly about: string;
  readonly title: string;
  readonly text: string;
  /** Stays until it is closed, unless given. */
  readonly closesAfterMs?: number;
  readonly actions?: Readonly<Record<string, () => void>>;
}

/** A message over the page, with what can be done about it. */
export function tell({ about, title, text, closesAfterMs, actions = {} }: Message): void {
  const before = newest.get(about);
  if (before !== undefined) notifications.hide(before);
  const id = `${about} ${count++}`;
  newest.set(about, id);
  notifications.show({
    id,
    title,
    autoClose: closesAfterMs ?? false,
    color: closesAfterMs === undefined ? 'yellow' : 'green',
    closeButtonProps: { 'aria-label': 'Close this message' },
    message: (
      <>
        <Text size="sm" component="span" display="block" style={{ overflowWrap: 'anywhere' }}>
          {text}
        </Text>
        <Group gap="xs" mt={4}>
          {Object.entries(actions).map(([label, act]) => (
            <Button
              key={label}
              size="compact-sm"
              variant="default"
              onClick={() => {
                notifications.hide(id);
                act();
              }}
            >
              {label}
            </Button>
          ))}
        </Group>
      </>
    ),
  });
}
