import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';

/** Replay or discard; a discarding says why. */
export function Decide({
  about,
  explain,
  replay,
  discard,
  busy,
  size = 'xs',
}: {
  /** What is decided about, as "this event" or "3 events". */
  about: string;
  /** What a replay does. */
  explain: string;
  replay: () => void;
  discard: (reason: string) => void;
  busy: boolean;
  size?: 'xs' | 'sm';
}) {
  const [open, { open: ask, close }] = useDisclosure();
  const [reason, setReason] = useState('');
  return (
    <>
      <Group gap="xs">
        <Button size={size} onClick={replay} loading={busy} title={explain}>
          Replay {about}
        </Button>
        <Button size={size} variant="default" onClick={ask} disabled={busy}>
          Discard {about}…
        </Button>
      </Group>
      <Modal
        opened={open}
        onClose={close}
        title={`Discard ${about}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack
          component="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (reason.trim() === '') return;
            close();
            discard(reason.trim());
          }}
        >
          <Text size="sm">It stays in the log and in this list, and is never applied.</Text>
          <TextInput
            label="Reason"
            description="For who looks for it later."
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
            required
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit">Discard</Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
