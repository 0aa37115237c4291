import { Code, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { LongText } from './long-text';
import { Moment } from './time';
import { isIsoTime } from './time-words';
import { capitalized, wordsOf } from './words';

const DEEPEST = 4;

/** JSON as readable text: nested lists of its members. */
export function JsonView({ value, depth = 0 }: { value: unknown; depth?: number }): ReactNode {
  if (value === null || value === undefined || value === '')
    return (
      <Text size="sm" c="dimmed" span>
        none
      </Text>
    );
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return value.toLocaleString();
  if (typeof value === 'string')
    return isIsoTime(value) ? <Moment at={value} /> : <LongText>{value}</LongText>;
  if (depth === DEEPEST) return <Code className="written">{JSON.stringify(value)}</Code>;
  if (Array.isArray(value))
    return value.length === 0 ? (
      <JsonView value={null} depth={depth} />
    ) : (
      <ul className="bullets">
        {(value as readonly unknown[]).map((one, index) => (
          <li key={index}>
            <JsonView value={one} depth={depth + 1} />
          </li>
        ))}
      </ul>
    );
  return (
    <dl className="members">
      {Object.entries(value as Readonly<Record<string, unknown>>).map(([name, member]) => (
        <div key={name}>
          <Text component="dt" size="xs" c="dimmed">
            {capitalized(wordsOf(name))}
          </Text>
          <Text component="dd" size="sm" m={0} className="breaks-words">
            <JsonView value={member} depth={depth + 1} />
          </Text>
        </div>
      ))}
    </dl>
  );
}
