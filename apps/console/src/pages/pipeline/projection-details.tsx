import { Badge, Button, Drawer, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { count } from '../../shared/numbers';
import { PlainTable, type TableContent } from '../../shared/plain-table';
import { Moment } from '../../shared/time';
import type { Projection } from '../../shared/projections';

/** A drawer with the offset ledger and the generations of a projection. */
export function ProjectionDetails({ projection }: { projection: Projection }) {
  const [open, { open: show, close }] = useDisclosure();
  return (
    <>
      <Button size="xs" variant="subtle" onClick={show} aria-label={`Details of ${projection.name}`}>
        Details
      </Button>
      <Drawer
        opened={open}
        onClose={close}
        position="right"
        size="xl"
        title={`Details of ${projection.name}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Details projection={projection} />
      </Drawer>
    </>
  );
}

function Details({ projection }: { projection: Projection }) {
  const ends = new Map(
    projection.partitions.map(({ topic, partition, endOffset, lag }) => [
      `${topic}/${partition}`,
      { endOffset, lag },
    ]),
  );
  return (
    <Stack gap="lg">
      <Part
        title="Offset ledger"
        text="Every offset up to the checkpoint, by outcome. Unchanged offsets are mostly redeliveries; gaps are records that compaction removed."
        head={[
          'Partition',
          'Checkpoint',
          'Lag',
          'Changed',
          'Unchanged',
          'Skipped',
          'Dead letters',
          'Gaps',
          'Complete',
        ]}
        rows={projection.accounts.map((account) => [
          `${account.topic}/${account.partition}`,
          count(account.checkpoint),
          lagText(ends.get(`${account.topic}/${account.partition}`)?.lag),
          count(account.changed),
          count(account.unchanged),
          count(Object.values(account.skipped).reduce((sum, skipped) => sum + skipped, 0)),
          count(account.deadLettered),
          count(account.gaps),
          account.addsUp ? 'yes' : <b key="no">no</b>,
        ])}
      />
      <Part
        title="Generations"
        text="One set of tables per build. The generation before the active one is kept up to date for a while, so that a rollback is immediate."
        head={['Generation', 'Version', 'State', 'Built', 'Active since']}
        rows={projection.generations.map(({ id, version, state, createdAt, activatedAt }) => [
          id,
          version,
          <Badge key="state" variant="light" color={state === 'active' ? 'teal' : 'gray'}>
            {state}
          </Badge>,
          <Moment key="built" at={createdAt} />,
          activatedAt ? <Moment key="active" at={activatedAt} /> : '–',
        ])}
      />
    </Stack>
  );
}

const lagText = (lag: number | null | undefined): string =>
  lag === null || lag === undefined ? '?' : count(lag);

function Part({ title, text, head, rows }: TableContent & { title: string; text: string }) {
  return (
    <section>
      <Title order={3} size="h5">
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {text}
      </Text>
      <PlainTable label={title} head={head} rows={rows} minWidth={560} striped />
    </section>
  );
}
