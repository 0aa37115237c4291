import { answered } from '@app/client';
import { Code, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSession, type Schemas } from '../../session/session';
import { Loaded } from '../../shared/states';
import { useWorkspace } from '../../shared/use-query-state';

/** The record in the log. */
export function DeadRecord({ letter }: { letter: Schemas['DeadLetterDto'] }) {
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  const query = useQuery({
    queryKey: ['dead-record', letter.id, ofWorkspace],
    queryFn: ({ signal }) =>
      answered(
        api.GET('v1/dead-letters/{id}/record', {
          params: { path: { id: letter.id }, query: ofWorkspace },
          signal,
        }),
      ),
    // A record of the log never changes.
    staleTime: Infinity,
  });
  return (
    <Loaded what="its record" data={query.data} error={query.error} retry={() => void query.refetch()}>
      {({ value, headers, key }) => (
        <Stack gap="sm">
          <Code block tabIndex={0} aria-label="Payload" style={{ maxHeight: 360, overflow: 'auto' }}>
            {value === null ? 'The record is a tombstone; its content was removed.' : readable(value)}
          </Code>
          <Text size="sm" fw={500}>
            Headers
          </Text>
          <Table.ScrollContainer minWidth={300}>
            <Table aria-label="Headers">
              <Table.Tbody>
                {[['key', key ?? 'none'] as const, ...Object.entries(headers)].map(([name, text]) => (
                  <Table.Tr key={name}>
                    <Table.Th scope="row">{name}</Table.Th>
                    <Table.Td style={{ overflowWrap: 'anywhere' }}>{text}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Stack>
      )}
    </Loaded>
  );
}

/** Indents JSON; returns anything else unchanged. */
function readable(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
