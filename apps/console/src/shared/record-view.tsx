import { Table } from '@mantine/core';

/** The headers of a record of the log. */
export function RecordHeaders({ headers }: { headers: Readonly<Record<string, string>> }) {
  return (
    <Table.ScrollContainer minWidth={300}>
      <Table aria-label="Headers">
        <Table.Tbody>
          {Object.entries(headers).map(([name, text]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{text}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Indents JSON; returns anything else unchanged. */
export function readable(value: string): string {
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}
