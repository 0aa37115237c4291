import { answered } from '@app/client';
import { Code, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSession, type Schemas } from '../../session/session';
import { readable, RecordHeaders } from '../../shared/record-view';
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
          <RecordHeaders headers={{ key: key ?? 'none', ...headers }} />
        </Stack>
      )}
    </Loaded>
  );
}
