import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

export interface TableContent {
  readonly head: readonly string[];
  readonly rows: readonly (readonly ReactNode[])[];
}

/** Makes a table without focusable content focusable, so that the keyboard can scroll it. */
export const scrolledWithKeys = (label: string) => ({
  viewportProps: { tabIndex: 0, role: 'group', 'aria-label': label },
});

/** A read-only table that scrolls when it is too wide. */
export function PlainTable({
  label,
  head,
  rows,
  minWidth,
  maxHeight,
  striped = false,
}: TableContent & { label: string; minWidth: number; maxHeight?: number; striped?: boolean }) {
  return (
    <Table.ScrollContainer
      minWidth={minWidth}
      scrollAreaProps={scrolledWithKeys(label)}
      {...(maxHeight !== undefined && { mah: maxHeight })}
    >
      <Table aria-label={label} striped={striped}>
        <Table.Thead>
          <Table.Tr>
            {head.map((name) => (
              <Table.Th key={name}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, index) => (
            <Table.Tr key={index}>
              {row.map((cell, column) => (
                <Table.Td key={column} style={{ overflowWrap: 'anywhere' }}>
                  {cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
