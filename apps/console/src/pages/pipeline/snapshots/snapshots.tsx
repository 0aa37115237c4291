import { answered } from '@app/client';
import { Anchor, Badge, Button, Card, Group, Table, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { Link } from 'react-router';
import { useSession } from '../../../session/session';
import { counted } from '../../../shared/numbers';
import { scrolledWithKeys } from '../../../shared/plain-table';
import { Loaded } from '../../../shared/states';
import { Moment } from '../../../shared/time';
import { Confirm } from '../confirm';
import { diffLink } from '../diff/sides';
import { useAction } from '../use-action';
import { MakeSnapshot } from './make-snapshot';
import { useSnapshots, type Snapshot } from './use-snapshots';

/** Read models as they were at a time of the log, kept by name. */
export function Snapshots() {
  const { api, can, access } = useSession();
  const query = useSnapshots();
  const [dropped, setDropped] = useState('');
  const [asked, { open: ask, close }] = useDisclosure();
  const drop = useAction(
    (name: string) => answered(api.DELETE('v1/snapshots/{name}', { params: { path: { name } } })),
    'Dropped.',
  );
  const mayChange = can('admin') && access.workspace === null;
  return (
    <section aria-labelledby="snapshots">
      <Group justify="space-between" align="flex-start" mb="xs">
        <div>
          <Title order={2} size="h4" id="snapshots">
            Snapshots
          </Title>
          <Text size="sm" c="dimmed">
            Read models as they were at a time of the log. Events do not change them; erasures do.
          </Text>
        </div>
        {mayChange && <MakeSnapshot />}
      </Group>
      <Loaded what="the snapshots" data={query.data} error={query.error} retry={() => void query.refetch()}>
        {(snapshots) =>
          snapshots.length === 0 ? (
            <Text size="sm" c="dimmed">
              No snapshots.
            </Text>
          ) : (
            <Card withBorder p={0}>
              <Table.ScrollContainer minWidth={680} scrollAreaProps={scrolledWithKeys('Snapshots')}>
                <Table aria-label="Snapshots" verticalSpacing="sm" className="breaks-words">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Name</Table.Th>
                      <Table.Th>Projection</Table.Th>
                      <Table.Th>As of</Table.Th>
                      <Table.Th>Compared with the log</Table.Th>
                      {mayChange && <Table.Th>Actions</Table.Th>}
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {snapshots.map((snapshot) => (
                      <Table.Tr key={snapshot.generation}>
                        <Table.Th scope="row" fw={500}>
                          {snapshot.name}
                          <Text size="xs" c="dimmed" fw={400}>
                            {snapshot.note}
                          </Text>
                        </Table.Th>
                        <Table.Td>{snapshot.projection}</Table.Td>
                        <Table.Td>
                          <Moment at={snapshot.until} />
                        </Table.Td>
                        <Table.Td>
                          <Outcome snapshot={snapshot} />
                        </Table.Td>
                        {mayChange && (
                          <Table.Td>
                            {snapshot.state === 'kept' && (
                              <Group gap="sm" wrap="nowrap">
                                <Anchor
                                  component={Link}
                                  to={diffLink(snapshot.projection, snapshot.name)}
                                  size="sm"
                                  aria-label={`Compare ${snapshot.name} of ${snapshot.projection} with now`}
                                >
                                  Compare with now
                                </Anchor>
                                <Button
                                  size="compact-sm"
                                  variant="default"
                                  aria-label={`Drop ${snapshot.name}`}
                                  onClick={() => {
                                    setDropped(snapshot.name);
                                    ask();
                                  }}
                                >
                                  Drop…
                                </Button>
                              </Group>
                            )}
                          </Table.Td>
                        )}
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            </Card>
          )
        }
      </Loaded>
      <Confirm
        opened={asked}
        close={close}
        title={`Drop ${dropped}?`}
        text={`This drops the snapshot in ${counted(
          (query.data ?? []).filter(({ name }) => name === dropped).length,
          'projection',
        )}. It can be made again from the log, except for what compaction has removed since.`}
        action="Drop"
        reason={null}
        go={() => drop.mutate(dropped)}
      />
    </section>
  );
}

function Outcome({ snapshot: { state, verified } }: { snapshot: Snapshot }) {
  if (state === 'building' || verified === null)
    return (
      <Badge variant="light" color="blue">
        {state === 'building' ? 'being made' : 'not compared'}
      </Badge>
    );
  const isClean = verified.outcome === 'clean';
  return (
    <>
      <Badge variant="light" color={isClean ? 'teal' : 'gray'}>
        {verified.outcome}
      </Badge>
      <Text size="xs" c="dimmed">
        {counted(verified.rows, 'row')} of {counted(verified.records, 'record')}
      </Text>
      {verified.reasons.map((reason) => (
        <Text key={reason} size="xs">
          {reason}
        </Text>
      ))}
    </>
  );
}
