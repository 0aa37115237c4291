import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Confirm } from './confirm';

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
      <Confirm
        opened={open}
        close={close}
        title={`Discard ${about}?`}
        text="It stays in the log and in this list, and is never applied."
        action="Discard"
        reason="For who looks for it later."
        go={discard}
      />
    </>
  );
}
