import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Dialog } from '../../shared/dialog';

/**
 * Asks for confirmation, and for a reason if `reason` is given.
 *
 * @param reason the description of the field for the reason; null asks for none
 * @param go called with the reason, which is not empty if one was asked for
 */
export function Confirm({
  opened,
  close,
  title,
  text,
  action,
  reason,
  go,
}: {
  opened: boolean;
  close: () => void;
  title: string;
  text: ReactNode;
  action: string;
  reason: string | null;
  go: (reason: string) => void;
}) {
  const [given, setGiven] = useState('');
  return (
    <Dialog opened={opened} close={close} title={title}>
      <Stack
        component="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason !== null && given.trim() === '') return;
          close();
          go(given.trim());
        }}
      >
        <Text size="sm">{text}</Text>
        {reason !== null && (
          <TextInput
            label="Reason"
            description={reason}
            value={given}
            maxLength={500}
            onChange={(event) => setGiven(event.currentTarget.value)}
            required
            data-autofocus
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit">{action}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
