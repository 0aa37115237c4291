import { answered } from '@app/client';
import { Card, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '../../session/session';
import { count, decimal } from '../../shared/numbers';
import { scrolledWithKeys } from '../../shared/plain-table';
import { Loaded } from '../../shared/states';
import { Moment } from '../../shared/time';

const WHAT: Readonly<Record<string, string>> = {
  'jimo.lifecycle': 'Changes by your team to experiences',
  'jimo.engagement': 'Activity of your users',
  'jimo.feedback': 'Submitted feedback and its triage',
  'jimo.unrecognized': 'Events with an unknown name',
  'jimo.quarantine': 'Known events with an invalid payload',
};

export function Topics() {
  const { api } = useSession();
  const query = useQuery({
    queryKey: ['topics'],
    queryFn: async ({ signal }) => (await answered(api.GET('v1/topics', { signal }))).items,
    refetchInterval: 5_000,
  });
  return (
    <section aria-labelledby="topics">
      <Title order={2} size="h4" id="topics">
        Topics
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        Kafka keeps every event forever. All read models are built from these topics and can be rebuilt.
      </Text>
      <Loaded what="the topics" data={query.data} error={query.error} retry={() => void query.refetch()}>
        {(topics) => (
          <Card withBorder p={0}>
            <Table.ScrollContainer minWidth={680} scrollAreaProps={scrolledWithKeys('Topics')}>
              <Table aria-label="Topics" verticalSpacing="sm">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Topic</Table.Th>
                    <Table.Th ta="right">Records</Table.Th>
                    <Table.Th ta="right">Events/s (1 min)</Table.Th>
                    <Table.Th ta="right">Events/s (10 min)</Table.Th>
                    <Table.Th ta="right">Partitions</Table.Th>
                    <Table.Th>Newest</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {topics.map(({ name, records, recordsPerSecond, partitions, newestAt }) => (
                    <Table.Tr key={name}>
                      <Table.Th scope="row" fw={500}>
                        {name}
                        <Text size="xs" c="dimmed" fw={400}>
                          {WHAT[name]}
                        </Text>
                      </Table.Th>
                      <Table.Td ta="right">{count(records)}</Table.Td>
                      <Table.Td ta="right">{decimal(recordsPerSecond.lastMinute)}</Table.Td>
                      <Table.Td ta="right">{decimal(recordsPerSecond.last10Minutes)}</Table.Td>
                      <Table.Td ta="right">{partitions.length}</Table.Td>
                      <Table.Td>{newestAt ? <Moment at={newestAt} relative /> : 'none yet'}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Card>
        )}
      </Loaded>
    </section>
  );
}
