import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

const newest = new Map<string, string>();
let count = 0;

export interface Message {
  /** The subject. A new message replaces an earlier one about the same subject. */
  readonly about: string;
  readonly title: string;
  readonly text: string;
  /** Without it, the message stays until it is closed. */
  readonly closesAfterMs?: number;
  readonly actions?: Readonly<Record<string, () => void>>;
}

/** Shows a message with its actions over the page. */
export function notify({ about, title, text, closesAfterMs, actions = {} }: Message): void {
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
