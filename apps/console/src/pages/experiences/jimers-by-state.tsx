import { answered } from '@app/client';
import { Anchor, Card, Group, Select, Table, Tabs, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { useList } from '../../api/use-list';
import { useSession } from '../../session/session';
import type { Experience } from '../../shared/experience';
import { ExportFile } from '../../shared/export-file';
import { jimerName } from '../../shared/jimer-name';
import { JourneyStateBadge } from '../../shared/journey-state';
import { jimerLink } from '../../shared/links';
import { More } from '../../shared/more';
import { count } from '../../shared/numbers';
import { short } from '../../shared/short';
import { Empty, Loaded } from '../../shared/states';
import { Moment } from '../../shared/time';
import { useQueryState, useWorkspace } from '../../shared/use-query-state';
import { AllTime } from './range';
import { useExperienceKey, useJimersByState } from './use-experience';

const STATES = [
  { state: 'all', word: 'All', means: 'All users with an event of this experience.' },
  { state: 'seen', word: 'Saw it', means: 'Saw or used it, but have not started it.' },
  {
    state: 'started',
    word: 'Started',
    means:
      'Started their latest run and have neither completed nor dismissed it. Users who completed an earlier run also count in the figure “Completed” above.',
  },
  {
    state: 'completed',
    word: 'Completed',
    means:
      'Completed their latest run. The figure “Completed” above also counts users who completed an earlier run and have started again since.',
  },
  { state: 'dismissed', word: 'Dismissed', means: 'Closed it before the end.' },
] as const;
const STATE_NAMES = ['all', 'seen', 'started', 'completed', 'dismissed'] as const;

const AGES = ['', '1d', '3d', '7d', '30d', '90d'] as const;
const AGE_WORDS = ['Any time', '1 day', '3 days', '7 days', '30 days', '90 days'];

/** Users by the state of their latest run, and how long they have been in it. */
export function JimersByState({ experience: { uid } }: { experience: Experience }) {
  const { set, oneOf } = useQueryState();
  const { ofWorkspace } = useWorkspace();
  const state = oneOf('state', STATE_NAMES);
  const olderThan = oneOf('olderThan', AGES);
  const query = { ...ofWorkspace, ...(state !== 'all' && { state }), ...(olderThan !== '' && { olderThan }) };
  const counts = useJimersByState(uid).data;
  const { means, word } = STATES.find((one) => one.state === state)!;
  return (
    <Card withBorder component="section" aria-labelledby="jimers">
      <Group justify="space-between" align="flex-start" mb="sm">
        <div>
          <Title order={2} size="h4" id="jimers">
            Users
          </Title>
          <Text size="sm" c="dimmed">
            By the state of their latest run.
          </Text>
          <AllTime />
        </div>
        <ExportFile path={`v1/experiences/${uid}/jimers`} query={query} file={`jimers-${state}`} />
      </Group>
      <Tabs
        value={state}
        onChange={(next) => set({ state: next === 'all' ? null : next })}
        keepMounted={false}
      >
        <Tabs.List aria-label="State">
          {STATES.map((one) => (
            <Tabs.Tab key={one.state} value={one.state}>
              {one.word}
              {one.state !== 'all' && counts && (
                <Text span size="xs" c="dimmed" ml={6} className="numbers">
                  {countWord(counts[one.state])}
                </Text>
              )}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={state} pt="sm">
          <Group justify="space-between" align="flex-end" mb="xs">
            <Text size="sm" c="dimmed">
              {means}
            </Text>
            <Select
              label={state === 'all' ? 'Inactive for' : 'For longer than'}
              size="xs"
              w={220}
              allowDeselect={false}
              value={olderThan}
              onChange={(next) => set({ olderThan: next })}
              data={AGES.map((age, index) => ({ value: age, label: AGE_WORDS[index]! }))}
            />
          </Group>
          <People uid={uid} query={query} none={olderThan === '' ? null : word} />
        </Tabs.Panel>
      </Tabs>
    </Card>
  );
}

/** The server stops counting here. */
const MOST_COUNTED = 10_000;
const countWord = (value: number) => `${count(value)}${value < MOST_COUNTED ? '' : '+'}`;

type Query = NonNullable<Parameters<typeof usePeople>[1]>;

function usePeople(
  uid: string,
  query: { workspace?: string; state?: Exclude<(typeof STATE_NAMES)[number], 'all'>; olderThan?: string },
) {
  const { api } = useSession();
  return useList([...useExperienceKey(uid), 'jimers', query], (next, signal) =>
    answered(
      api.GET('v1/experiences/{uid}/jimers', {
        params: { path: { uid }, query: { ...query, limit: 25, ...next } },
        signal,
      }),
    ),
  );
}

type Person = NonNullable<ReturnType<typeof usePeople>['items']>[number];

/** When the user reached their present state. */
function since({ state, firstSeenAt, ...at }: Person): string {
  const moved = {
    seen: null,
    started: at.lastStartedAt,
    completed: at.lastCompletedAt,
    dismissed: at.lastDismissedAt,
  };
  return moved[state] ?? firstSeenAt;
}

function People({ uid, query, none }: { uid: string; query: Query; none: string | null }) {
  const { items, error, retry, more, loadingMore } = usePeople(uid, query);
  const { workspace } = useWorkspace();
  return (
    <Loaded what="the users" data={items} error={error} retry={retry}>
      {(people) =>
        people.length === 0 ? (
          <Empty title="No users">
            {none === null
              ? 'Users appear here with their first event of this experience.'
              : 'No user has been in this state for that long. Choose a shorter time.'}
          </Empty>
        ) : (
          <>
            <Table.ScrollContainer minWidth={620}>
              <Table aria-label="Users" verticalSpacing="xs" className="numbers breaks-words">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>User</Table.Th>
                    {!query.state && <Table.Th>State</Table.Th>}
                    <Table.Th>Since</Table.Th>
                    <Table.Th>First seen</Table.Th>
                    <Table.Th>Last event</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {people.map((person) => (
                    <Table.Tr key={person.uid}>
                      <Table.Td>
                        <Anchor
                          component={Link}
                          to={jimerLink({ uid: person.uid, workspace })}
                          size="sm"
                          fw={600}
                        >
                          {jimerName(person)}
                        </Anchor>
                        {person.email && person.username && (
                          <Text size="xs" c="dimmed">
                            {short(person.email, 60)}
                          </Text>
                        )}
                      </Table.Td>
                      {!query.state && (
                        <Table.Td>
                          <JourneyStateBadge state={person.state} />
                        </Table.Td>
                      )}
                      {[since(person), person.firstSeenAt, person.lastEventAt].map((at, column) => (
                        <Table.Td key={column} style={{ whiteSpace: 'nowrap' }}>
                          <Moment at={at} relative />
                        </Table.Td>
                      ))}
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            <More more={more} loading={loadingMore} />
          </>
        )
      }
    </Loaded>
  );
}
