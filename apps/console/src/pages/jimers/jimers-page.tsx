import { answered, ReadApiProblem } from '@app/client';
import { Anchor, Card, Code, Stack, Table, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useLocation, useNavigate } from 'react-router';
import { useList } from '../../api/use-list';
import { Page } from '../../layout/page';
import { useSession, type Api, type Schemas } from '../../session/session';
import { ExportFile } from '../../shared/export-file';
import { jimerLink } from '../../shared/links';
import { More } from '../../shared/more';
import { short } from '../../shared/short';
import { Empty, Loaded } from '../../shared/states';
import { Moment } from '../../shared/time';
import { jimerName } from '../../shared/jimer-name';

type Jimer = Schemas['JimerDto'];

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What was typed is kept with the entry of the history, not in the address: it may be somebody's e-mail. */
interface Searched {
  readonly search?: string;
}

export function JimersPage() {
  const { api, access } = useSession();
  const navigate = useNavigate();
  const location = useLocation();
  const [search, setSearch] = useState(() => (location.state as Searched | null)?.search ?? '');
  const [settled] = useDebouncedValue(search.trim(), 250);
  useEffect(() => {
    void navigate('.', { replace: true, state: { search: settled } satisfies Searched });
  }, [settled, navigate]);
  const list = useList<Jimer>(['jimers', settled], (next, signal) => find(api, settled, next, signal), {
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title="Users"
      lead="The people who use your product, as Jimo knows them (Jimo calls them jimers). Open one to see their experiences, answers and feedback."
      aside={<ExportFile file="jimers" path="v1/jimers" query={settled === '' ? {} : { q: settled }} />}
    >
      <TextInput
        label="Find a user"
        description="Search by any part of a name, an e-mail address or your own user id (the identify token), or by a complete uid."
        placeholder="sam@example.com"
        leftSection={<IconSearch size={16} aria-hidden />}
        type="search"
        maw={560}
        maxLength={200}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <Loaded what="users" data={list.items} error={list.error} retry={list.retry}>
        {(jimers) =>
          jimers.length === 0 ? (
            <NobodyFound search={settled} />
          ) : (
            <Card withBorder p={0}>
              <Table.ScrollContainer minWidth={640}>
                <Table highlightOnHover verticalSpacing="sm" aria-label="Users" className="breaks-words">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Name</Table.Th>
                      <Table.Th>Identify token</Table.Th>
                      <Table.Th>E-mail</Table.Th>
                      {access.workspace === null && <Table.Th>Workspace</Table.Th>}
                      <Table.Th>Last event</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {jimers.map((jimer) => (
                      <Table.Tr key={`${jimer.workspace} ${jimer.uid}`}>
                        <Table.Td>
                          <Anchor component={Link} to={jimerLink(jimer)} inherit fw={500} underline="hover">
                            {jimerName(jimer)}
                          </Anchor>
                        </Table.Td>
                        <Table.Td>
                          {jimer.identifyToken !== null ? (
                            short(jimer.identifyToken, 60)
                          ) : (
                            <Text c="dimmed" inherit>
                              anonymous
                            </Text>
                          )}
                        </Table.Td>
                        <Table.Td>{short(jimer.email ?? '', 60) || '–'}</Table.Td>
                        {access.workspace === null && <Table.Td>{jimer.workspace}</Table.Td>}
                        <Table.Td>
                          <Moment at={jimer.lastEventAt} relative />
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            </Card>
          )
        }
      </Loaded>
      <More more={list.more} loading={list.loadingMore} />
    </Page>
  );
}

/** Looks a uid up; searches for anything else. */
async function find(
  api: Api,
  search: string,
  next: { cursor?: string },
  signal: AbortSignal,
): Promise<{ items: Jimer[]; nextCursor: string | null }> {
  if (UUID.test(search)) {
    try {
      const jimer = await answered(api.GET('v1/jimers/{uid}', { params: { path: { uid: search } }, signal }));
      return { items: [jimer], nextCursor: null };
    } catch (error) {
      // An identify token may look like a uid.
      if (!(error instanceof ReadApiProblem && error.kind === 'not-found')) throw error;
    }
  }
  const query = { ...(search !== '' && { q: search }), ...next };
  return answered(api.GET('v1/jimers', { params: { query }, signal }));
}

function NobodyFound({ search }: { search: string }) {
  if (search !== '') {
    return (
      <Empty title="No users found">
        No name, e-mail address, identify token or uid contains “<bdi>{search}</bdi>”. Try a shorter text. A
        user is known from their first event on.
      </Empty>
    );
  }
  return (
    <Empty title="No users yet">
      <Stack gap={4}>
        <span>Users appear with the first event that names one.</span>
        <span>
          Point Jimo’s webhook at the gateway, or send a generated month with <Code>npm run demo</Code>.
        </span>
      </Stack>
    </Empty>
  );
}
