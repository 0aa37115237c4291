import type { Column, Row, Stored } from '@app/engine';

const NEEDS_ESCAPE = /["\\]/;

/**
 * One column of many rows as a Postgres array literal. Written here rather than by the driver, whose
 * general form (it inspects every element) costs more than the rest of a batch's encoding.
 */
export function columnLiteral(rows: readonly Row[], column: Column): string {
  const { index } = column;
  const write = column.type.name === 'set' ? setElement : isText(column) ? textElement : plainElement;
  let literal = '{';
  for (let i = 0; i < rows.length; i++) {
    if (i > 0) literal += ',';
    const value = rows[i]![index]!;
    literal += value === null ? 'NULL' : write(value);
  }
  return `${literal}}`;
}

function isText(column: Column): boolean {
  return column.type.name === 'text' || column.type.name === 'uid' || column.type.name === 'json';
}

function plainElement(value: Stored): string {
  return String(value);
}

function textElement(value: Stored): string {
  const text = value as string;
  return NEEDS_ESCAPE.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;
}

/** A set travels as the text of its own array literal, since arrays of arrays must not be ragged. */
function setElement(value: Stored): string {
  return textElement(`{${(value as readonly string[]).map(textElement).join(',')}}`);
}
