import { answered } from '@app/client';
import { Accordion, Checkbox, Code, Group, List, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useList } from '../../api/use-list';
import { useSession, type Schemas } from '../../session/session';
import { ExportFile } from '../../shared/export-file';
import { More } from '../../shared/more';
import { count, counted } from '../../shared/numbers';
import { Empty, Loaded } from '../../shared/states';
import { Moment } from '../../shared/time';
import { useWorkspace } from '../../shared/use-query-state';
import type { RejectedKind } from '../../shared/rejected-kinds';
import { Decide } from './decide';
import { StateBadge, StateChoice, useShownState } from './decision-states';
import { countOf, RejectedGroups, useRejectedFilter, useRejectedSummary } from './rejected-groups';
import { useDecisions, type Which } from './use-decisions';

type Item = Schemas['SetAsideDto'];

const ABOUT: Readonly<Record<RejectedKind, { lead: string; none: string }>> = {
  quarantine: {
    lead: 'Events of a known kind with an invalid payload. The gateway answered 202 and kept them in the log, but no read model contains them. Replay them once the catalogue accepts them.',
    none: 'No quarantined events.',
  },
  unrecognized: {
    lead: 'Events whose name is not in the catalogue, usually a new kind of event by Jimo. They are kept in the log. Replay them once the catalogue knows them.',
    none: 'No unrecognized events.',
  },
};

const REPLAY =
  'Validates the event again. If it is accepted, it is appended to its topic and applied; otherwise it stays here.';

/** The API's limit for one request. */
const MOST_AT_ONCE = 100;

export function RejectedEvents({ kind }: { kind: RejectedKind }) {
  const { api } = useSession();
  const { ofWorkspace, several } = useWorkspace();
  const state = useShownState();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<string | null>(null);
  const filter = useRejectedFilter();
  const summary = useRejectedSummary(kind).data;
  const matching = countOf(summary, filter);
  const [all, setAll] = useState(false);
  const list = useList<Item>(['rejected', kind, state, filter, ofWorkspace], (next, signal) =>
    answered(
      api.GET(`v1/${kind}`, {
        params: { query: { state, limit: 50, ...filter, ...ofWorkspace, ...next } },
        signal,
      }),
    ),
  );
  // Events that were decided meanwhile have left the list, so they are no longer selected.
  const ids = (list.items ?? []).map(({ id }) => id).filter((id) => chosen.has(id));
  const shown = (list.items ?? []).slice(0, MOST_AT_ONCE).map(({ id }) => id);
  const shownAreChosen = shown.length > 0 && shown.every((id) => chosen.has(id));
  const { replay, discard, busy, done } = useDecisions(kind);
  const which: Which = all ? { all: true, ...filter } : { ids };
  const toggle = (id: string) =>
    setChosen((old) => {
      const next = new Set(old);
      if (!next.delete(id) && next.size < MOST_AT_ONCE) next.add(id);
      return next;
    });
  const { lead, none } = ABOUT[kind];
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw={720}>
        {lead}
      </Text>
      <Group justify="space-between">
        <StateChoice />
        <ExportFile
          path={`v1/${kind}`}
          query={{ state, ...filter, ...ofWorkspace }}
          file={`${kind}-${state}`}
        />
      </Group>
      <RejectedGroups kind={kind} />
      {state === 'set-aside' && shown.length > 1 && (
        <Group>
          <Checkbox
            label={`Select the ${shown.length} shown`}
            checked={all || shownAreChosen}
            disabled={all}
            indeterminate={!all && !shownAreChosen && ids.length > 0}
            onChange={() => setChosen(new Set(shownAreChosen ? [] : shown))}
          />
          {matching !== null && matching > shown.length && (
            <Checkbox
              label={`Select all ${count(matching)} that match`}
              checked={all}
              onChange={(event) => setAll(event.currentTarget.checked)}
            />
          )}
        </Group>
      )}
      {(all || ids.length > 0) && (
        <Decide
          about={counted(all ? (matching ?? 0) : ids.length, 'event')}
          explain={REPLAY}
          busy={busy}
          replay={() => replay.mutate(which, { onSettled: () => setAll(false) })}
          discard={(reason) => discard.mutate({ which, reason }, { onSettled: () => setAll(false) })}
          size="sm"
        />
      )}
      <Text size="sm" role="status" aria-live="polite">
        {done !== null && `${count(done)} of ${count(matching ?? done)} done.`}
      </Text>
      <Loaded what={`the ${kind} events`} data={list.items} error={list.error} retry={list.retry}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={state === 'set-aside' ? 'No rejected events' : 'No events'}>
              {state === 'set-aside' ? none : `No event has been ${state}.`}
            </Empty>
          ) : (
            <Accordion variant="separated" order={2} chevronPosition="left" value={open} onChange={setOpen}>
              {items.map((item) => (
                <Accordion.Item key={item.id} value={item.id}>
                  <Group wrap="nowrap" gap={0} pr="md">
                    <Accordion.Control miw={0}>
                      <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
                        {item.event ?? 'Unnamed event'}
                      </Text>
                      <Text size="xs" c="dimmed">
                        {item.problems[0]
                          ? `${item.problems[0].path}: ${item.problems[0].message}`
                          : 'not in the catalogue'}
                        {item.problems.length > 1 && ` and ${item.problems.length - 1} more`}
                        {several && ` · ${item.workspace}`}
                        {item.receivedAt && (
                          <>
                            {' · received '}
                            <Moment at={item.receivedAt} relative />
                          </>
                        )}
                      </Text>
                    </Accordion.Control>
                    {state === 'set-aside' ? (
                      <Checkbox
                        size="md"
                        aria-label={`Select ${item.event ?? 'the event'} ${item.id}`}
                        checked={chosen.has(item.id)}
                        onChange={() => toggle(item.id)}
                      />
                    ) : (
                      <StateBadge state={item.state} />
                    )}
                  </Group>
                  <Accordion.Panel>
                    {open === item.id && <Details item={item} />}
                    {open === item.id && state === 'set-aside' && (
                      <Decide
                        about="this event"
                        explain={REPLAY}
                        busy={busy}
                        replay={() => replay.mutate({ ids: [item.id] })}
                        discard={(reason) => discard.mutate({ which: { ids: [item.id] }, reason })}
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

function Details({ item }: { item: Item }) {
  return (
    <Stack gap="sm" mb="md">
      {item.problems.length > 0 && (
        <List size="sm" aria-label="Reasons">
          {item.problems.map(({ path, message }, index) => (
            <List.Item key={index}>
              <Code>{path}</Code> {message}
            </List.Item>
          ))}
        </List>
      )}
      {item.discardReason !== null && <Text size="sm">Discarded: {item.discardReason}</Text>}
      {item.replayedPosition !== null && (
        <Text size="sm">
          Accepted as <Code>{item.acceptedId}</Code> at <Code>{item.replayedPosition}</Code>
        </Text>
      )}
      <Text size="xs" c="dimmed">
        Event id {item.id}
      </Text>
      <Code block tabIndex={0} aria-label="Payload" style={{ maxHeight: 360, overflow: 'auto' }}>
        {JSON.stringify(item.payload, null, 2)}
      </Code>
    </Stack>
  );
}
