import { answered } from '@app/client';
import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { useSession } from '../../../session/session';
import { Dialog } from '../../../shared/dialog';
import { useProjections } from '../../../shared/projections';
import { useAction } from '../use-action';

/** A button whose form makes a snapshot of some projections at a time of the log. */
export function MakeSnapshot() {
  const { api } = useSession();
  const { data: projections = [] } = useProjections();
  const [opened, { open, close }] = useDisclosure();
  const [name, setName] = useState('');
  const [until, setUntil] = useState('');
  const [note, setNote] = useState('');
  const [chosen, setChosen] = useState<string[] | null>(null);
  const names = projections.map((projection) => projection.name);
  const selected = chosen ?? names;
  const make = useAction(async () => {
    const body = { name, until: new Date(until).toISOString(), ...(note.trim() && { note: note.trim() }) };
    for (const projection of selected)
      await answered(
        api.POST('v1/projections/{name}/snapshots', { params: { path: { name: projection } }, body }),
      );
  }, 'The snapshot is being made.');
  return (
    <>
      <Button size="xs" variant="default" onClick={open} loading={make.isPending}>
        Make a snapshot…
      </Button>
      <Dialog opened={opened} close={close} title="Make a snapshot">
        <Stack
          component="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (selected.length === 0) return;
            close();
            make.mutate();
          }}
        >
          <TextInput
            label="Name"
            description="Lower-case letters, digits and _. The SQL views are in the schema read_models_NAME."
            placeholder="before_campaign"
            pattern="[a-z][a-z0-9_]{0,30}"
            title="A lower-case letter, then up to 30 lower-case letters, digits or _"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            data-autofocus
          />
          <TextInput
            label="As of"
            description="Events that the log received up to this time, in your time zone."
            type="datetime-local"
            step={1}
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
            required
          />
          <TextInput
            label="Note"
            description="What it is for."
            maxLength={1_000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Checkbox.Group label="Projections" value={selected} onChange={setChosen}>
            <Group mt={4}>
              {names.map((projection) => (
                <Checkbox key={projection} value={projection} label={projection} />
              ))}
            </Group>
          </Checkbox.Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" disabled={selected.length === 0}>
              Make the snapshot
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </>
  );
}
