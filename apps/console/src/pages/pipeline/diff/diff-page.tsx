import { answered } from '@app/client';
import { Card, Group, Select, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSession, type Schemas } from '../../../session/session';
import { useProjections } from '../../../shared/projections';
import { Loaded } from '../../../shared/states';
import { useQueryState } from '../../../shared/use-query-state';
import { capitalized, listed, wordsOf } from '../../../shared/words';
import { useSnapshots } from '../snapshots/use-snapshots';
import { differs } from './differences';
import { sidesOf, sideWords } from './sides';
import { TableCard } from './table-card';

/** How two generations or snapshots of a projection differ. The address names them. */
export function DiffPage() {
  const { api } = useSession();
  const { get } = useQueryState();
  const [projection, from, to] = [get('projection'), get('from'), get('to')];
  const diff = useQuery({
    queryKey: ['diff', projection, from, to],
    queryFn: ({ signal }) =>
      answered(
        api.GET('v1/projections/{name}/diff', {
          params: { path: { name: projection! }, query: { from: from!, to: to! } },
          signal,
        }),
      ),
    enabled: projection !== null && from !== null && to !== null,
    // A comparison reads both sides completely, so it is repeated only on demand.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    retry: false,
  });
  return (
    <Stack>
      <Title order={2} size="h4">
        Compare
      </Title>
      <Choices />
      {diff.isEnabled ? (
        <Loaded
          what="the comparison, which may take minutes"
          data={diff.data}
          error={diff.error}
          retry={() => void diff.refetch()}
        >
          {(data) => <Differences diff={data} />}
        </Loaded>
      ) : (
        <Text size="sm" c="dimmed">
          Choose a projection and its two sides.
        </Text>
      )}
    </Stack>
  );
}

function Choices() {
  const { get, set } = useQueryState();
  const { data: projections = [] } = useProjections();
  const { data: snapshots = [] } = useSnapshots();
  const projection = projections.find(({ name }) => name === get('projection'));
  const sides = projection ? sidesOf(projection, snapshots) : [];
  return (
    <Group align="flex-end">
      <Select
        label="Projection"
        value={get('projection')}
        onChange={(name) => set({ projection: name, from: null, to: null })}
        data={projections.map(({ name }) => name)}
      />
      {(['from', 'to'] as const).map((side) => (
        <Select
          key={side}
          label={side === 'from' ? 'From' : 'To'}
          value={get(side)}
          onChange={(value) => set({ [side]: value })}
          // An address may name a generation that is no longer offered.
          data={[
            ...sides,
            ...[get(side)]
              .filter((value) => value !== null && !sides.some((offered) => offered.value === value))
              .map((value) => ({ value: value!, label: value! })),
          ]}
        />
      ))}
    </Group>
  );
}

function Differences({ diff: { from, to, tables, tallies } }: { diff: Schemas['DiffDto'] }) {
  const all = [...tables, ...tallies];
  const equal = all.filter((table) => !differs(table)).map(({ table }) => wordsOf(table));
  return (
    <Stack>
      <Text size="sm" className="breaks-words">
        From {sideWords(from)} to {sideWords(to)}.
      </Text>
      {all.filter(differs).map((table) => (
        <TableCard key={table.table} table={table} />
      ))}
      {equal.length > 0 && (
        <Card withBorder>
          <Text size="sm">
            {equal.length === all.length
              ? 'Both sides are equal.'
              : `${capitalized(listed(equal))}: no difference.`}
          </Text>
        </Card>
      )}
    </Stack>
  );
}
