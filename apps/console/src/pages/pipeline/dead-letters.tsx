import { answered, PROJECTIONS } from '@app/client';
import { Accordion, Code, Group, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useList } from '../../api/use-list';
import { useSession, type Schemas } from '../../session/session';
import { ExportFile } from '../../shared/export-file';
import { More } from '../../shared/more';
import { counted } from '../../shared/numbers';
import { Empty, Loaded } from '../../shared/states';
import { Moment } from '../../shared/time';
import { isProjectionName } from '../../shared/projections';
import { useQueryState, useWorkspace } from '../../shared/use-query-state';
import { DeadRecord } from './dead-record';
import { Decide } from './decide';
import { StateBadge, StateChoice, useShownState } from './decision-states';
import { useAction } from './use-action';

type Letter = Schemas['DeadLetterDto'];

const REPLAY = 'Applies the event with the current declaration of the projection. This is idempotent.';

/** Events that a projection could not apply. */
export function DeadLetters() {
  const { api } = useSession();
  const { get, set } = useQueryState();
  const { ofWorkspace, several } = useWorkspace();
  const state = useShownState();
  const [open, setOpen] = useState<string | null>(null);
  const named = get('projection');
  const projection = isProjectionName(named) ? named : null;
  const query = { state, ...(projection && { projection }), ...ofWorkspace };
  const list = useList<Letter>(
    ['dead-letters', query],
    (next, signal) =>
      answered(api.GET('v1/dead-letters', { params: { query: { limit: 50, ...query, ...next } }, signal })),
    // A projector does the replay, so its result appears some moments later.
    { refetchInterval: 3_000 },
  );
  const replay = useAction(
    (id: string) =>
      answered(api.POST('v1/dead-letters/{id}/replay', { params: { path: { id }, query: ofWorkspace } })),
    'Replay started.',
  );
  const discard = useAction(
    ({ id, reason }: { id: string; reason: string }) =>
      answered(
        api.POST('v1/dead-letters/{id}/discard', {
          params: { path: { id }, query: ofWorkspace },
          body: { reason },
        }),
      ),
    'Discarded.',
  );
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw={720}>
        Valid events that a projection could not apply. The projection continued with the events after them.
        Replay them once the cause is fixed.
      </Text>
      <Group justify="space-between" align="flex-end">
        <Group align="flex-end">
          <StateChoice />
          <Select
            label="Projection"
            placeholder="all"
            clearable
            clearButtonProps={{ 'aria-label': 'All projections' }}
            value={projection}
            onChange={(value) => set({ projection: value })}
            data={Object.keys(PROJECTIONS)}
          />
        </Group>
        <ExportFile
          path="v1/dead-letters"
          query={{ ...query, projection: projection ?? undefined }}
          file={`dead-letters-${state}`}
        />
      </Group>
      <Loaded what="the dead letters" data={list.items} error={list.error} retry={list.retry}>
        {(letters) =>
          letters.length === 0 ? (
            <Empty title={state === 'set-aside' ? 'No dead letters' : 'No events'}>
              {state === 'set-aside' ? 'No open dead letters.' : `No event has been ${state}.`}
            </Empty>
          ) : (
            <Accordion variant="separated" order={2} chevronPosition="left" value={open} onChange={setOpen}>
              {letters.map((letter) => (
                <Accordion.Item key={letter.id} value={letter.id}>
                  <Group wrap="nowrap" gap={0} pr="md">
                    <Accordion.Control miw={0}>
                      <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
                        {letter.event ?? 'Unreadable event'} · {letter.projection}
                      </Text>
                      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                        {letter.reason}
                        {several && letter.workspace !== null && ` · ${letter.workspace}`}
                        {' · '}
                        <Moment at={letter.createdAt} relative />
                      </Text>
                    </Accordion.Control>
                    <StateBadge state={letter.state} />
                  </Group>
                  <Accordion.Panel>
                    <Stack gap="sm" mb="md">
                      <Text size="sm">
                        At <Code>{letter.position}</Code>, {counted(letter.attempts, 'attempt')}.
                        {letter.resolution !== null && ` ${letter.resolution}`}
                      </Text>
                      {open === letter.id && <DeadRecord letter={letter} />}
                    </Stack>
                    {open === letter.id && letter.state === 'set-aside' && (
                      <Decide
                        about="this event"
                        explain={REPLAY}
                        busy={replay.isPending || discard.isPending}
                        replay={() => replay.mutate(letter.id)}
                        discard={(reason) => discard.mutate({ id: letter.id, reason })}
                      />
                    )}
                  </Accordion.Panel>
                </Accordion.Item>
              ))}
            </Accordion>
          )
        }
      </Loaded>
      <More more={list.more} loading={list.loadingMore} />
    </Stack>
  );
}
