import { answered } from '@app/client';
import { Button, Group, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useSession } from '../../session/session';
import { Confirm } from './confirm';
import { useAction } from './use-action';
import { isUnderWay, type Projection } from '../../shared/projections';

type Asked = 'rebuild' | 'rollback' | 'pause';

/** An admin's actions on a projection. Renders nothing for other tokens, which the API would refuse. */
export function ProjectionActions({ projection }: { projection: Projection }) {
  const { api, can, access } = useSession();
  const [asked, setAsked] = useState<Asked>('rebuild');
  const [open, { open: ask, close }] = useDisclosure();
  const { name } = projection;
  const params = { params: { path: { name } } };
  const verify = useAction(
    () => answered(api.POST('v1/projections/{name}/verify', params)),
    'Verification started.',
  );
  const rebuild = useAction(
    () => answered(api.POST('v1/projections/{name}/rebuild', params)),
    'Rebuild started.',
  );
  const rollback = useAction(
    () => answered(api.POST('v1/projections/{name}/rollback', params)),
    'The previous generation is active again.',
  );
  const pause = useAction(
    (why: string) => answered(api.POST('v1/projections/{name}/pause', { ...params, body: { reason: why } })),
    'Paused.',
  );
  const resume = useAction(() => answered(api.POST('v1/projections/{name}/resume', params)), 'Resumed.');
  if (!can('admin') || access.workspace !== null) return null;

  const standby = projection.generations.find(({ state }) => state === 'standby');
  const confirm: Readonly<
    Record<Asked, { title: string; text: ReactNode; action: string; go: (reason: string) => void }>
  > = {
    rebuild: {
      title: `Rebuild ${name}?`,
      text: 'A new generation is built from the whole log and replaces the active one when it is complete. Reads are not interrupted, but the load is higher meanwhile.',
      action: 'Rebuild',
      go: () => rebuild.mutate(),
    },
    rollback: {
      title: `Roll ${name} back?`,
      text: standby
        ? `Generation ${standby.id} (version ${standby.version}), the previous one, becomes active at once.`
        : 'There is no generation to roll back to.',
      action: 'Roll back',
      go: () => rollback.mutate(),
    },
    pause: {
      title: `Pause ${name}?`,
      text: 'The projection keeps its checkpoint, also across restarts. Its read model falls behind until you resume it.',
      action: 'Pause',
      go: (reason) => pause.mutate(reason),
    },
  };
  const { title, text, action, go } = confirm[asked];
  const choose = (what: Asked) => () => {
    setAsked(what);
    ask();
  };
  return (
    <>
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          loading={verify.isPending}
          disabled={isUnderWay(projection.verification)}
          onClick={() => verify.mutate()}
        >
          Verify
        </Button>
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button
              size="xs"
              variant="default"
              rightSection={<IconChevronDown size={14} aria-hidden />}
              loading={rebuild.isPending || rollback.isPending || pause.isPending || resume.isPending}
              aria-label={`More actions for ${name}`}
            >
              More
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={choose('rebuild')} disabled={isUnderWay(projection.rebuild)}>
              Rebuild…
            </Menu.Item>
            <Menu.Item onClick={choose('rollback')} disabled={!standby}>
              Roll back…
            </Menu.Item>
            {projection.paused ? (
              <Menu.Item onClick={() => resume.mutate()}>Resume</Menu.Item>
            ) : (
              <Menu.Item onClick={choose('pause')}>Pause…</Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Confirm
        opened={open}
        close={close}
        title={title}
        text={text}
        action={action}
        reason={asked === 'pause' ? 'Shown to everyone while it is paused.' : null}
        go={go}
      />
    </>
  );
}
