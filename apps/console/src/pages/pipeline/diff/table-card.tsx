import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useId } from 'react';
import type { Schemas } from '../../../session/session';
import { LongText } from '../../../shared/long-text';
import { PlainTable } from '../../../shared/plain-table';
import { Why } from '../../../shared/why';
import { capitalized, wordsOf } from '../../../shared/words';
import { differenceWords, figureRows, type Table, type Tally } from './differences';
import { evidenceOf } from './sample-evidence';

type Sample = Schemas['DifferenceSampleDto'];

const KINDS: Readonly<Record<Sample['kind'], string>> = { added: 'teal', removed: 'red', changed: 'blue' };

/** How a table or tally differs: in sentences, its figures on both sides, and some rows side by side. */
export function TableCard({ table }: { table: Table | Tally }) {
  const id = useId();
  const name = capitalized(wordsOf(table.table));
  return (
    <Card withBorder component="section" aria-labelledby={id}>
      <Title order={3} size="h5" id={id} mb={4}>
        {name}
      </Title>
      {differenceWords(table).map((sentence) => (
        <Text key={sentence} size="sm" className="breaks-words">
          {sentence}
        </Text>
      ))}
      {'figures' in table && Object.keys(table.figures).length > 0 && (
        <PlainTable
          label={`Figures of ${name}`}
          minWidth={320}
          head={['Figure', 'Before', 'After', 'Change']}
          rows={figureRows(table)}
        />
      )}
      {table.samples.length > 0 && (
        <>
          <Title order={4} size="h6" mt="sm" mb="xs">
            Some of the rows
          </Title>
          <Stack gap="sm">
            {table.samples.map((sample, index) => (
              <SampleView key={index} table={table.table} sample={sample} />
            ))}
          </Stack>
        </>
      )}
    </Card>
  );
}

function SampleView({ table, sample }: { table: string; sample: Sample }) {
  const { kind, key, from, to } = sample;
  const evidence = evidenceOf(table, sample);
  const columns = Object.keys({ ...from, ...to });
  const label = Object.entries(key)
    .map(([column, value]) => `${wordsOf(column)} ${value ?? 'none'}`)
    .join(', ');
  return (
    <div>
      <Group gap="xs" align="flex-start" wrap="nowrap">
        <Badge variant="light" color={KINDS[kind]} className="readable-badge">
          {kind}
        </Badge>
        <Text size="sm" className="breaks-words">
          {label}
        </Text>
        {evidence !== null && <Why of={label} to={evidence} />}
      </Group>
      {columns.length > 0 && (
        <PlainTable
          label={`Row ${label}`}
          minWidth={320}
          head={['Column', ...(from ? ['Before'] : []), ...(to ? ['After'] : [])]}
          rows={columns.map((column) => [
            wordsOf(column),
            ...[from, to].flatMap((side) => (side ? [<Value key="value" text={side[column]} />] : [])),
          ])}
        />
      )}
    </div>
  );
}

function Value({ text }: { text: string | null | undefined }) {
  return text === null || text === undefined ? <>–</> : <LongText>{text}</LongText>;
}
