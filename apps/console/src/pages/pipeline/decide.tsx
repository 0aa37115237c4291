import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Confirm } from './confirm';

/** Buttons to replay or discard events; discarding needs a reason. */
export function Decide({
  about,
  explain,
  replay,
  discard,
  busy,
  size = 'xs',
}: {
  /** The events as the object of a sentence: "this event" or "3 events". */
  about: string;
  /** The explanation of a replay. */
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
        text="Discarded events remain in the log and under Discarded, but are never applied."
        action="Discard"
        reason="Shown to anyone who looks at it later."
        go={discard}
      />
    </>
  );
}
