import { Button, Code, Stack, Text } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { LongText } from '../../../shared/long-text';
import { Moment } from '../../../shared/time';
import type { FeedbackItem } from '../triage';

const DEEPEST = 4;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Turns "createdAt" and "created_at" into words. */
const wordsOf = (name: string): string => {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words === '' ? name : words[0]!.toUpperCase() + words.slice(1);
};

/** A received request as readable text, or as raw JSON on demand. */
export function RequestView({ item }: { item: FeedbackItem }) {
  const [raw, setRaw] = useState(false);
  const { request, project, jimer } = item;
  return (
    <Stack gap="xs" align="flex-start">
      {raw ? (
        <Code block w="100%" tabIndex={0} role="region" aria-label="The request as JSON" className="written">
          {JSON.stringify({ request, project, jimer }, null, 2)}
        </Code>
      ) : (
        <Value value={request} depth={0} />
      )}
      <Button
        size="compact-xs"
        variant="subtle"
        leftSection={<IconBraces size={14} aria-hidden />}
        aria-pressed={raw}
        onClick={() => setRaw(!raw)}
      >
        Raw JSON
      </Button>
    </Stack>
  );
}

function Value({ value, depth }: { value: unknown; depth: number }): ReactNode {
  if (value === null || value === undefined || value === '')
    return (
      <Text size="sm" c="dimmed" span>
        none
      </Text>
    );
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return value.toLocaleString();
  if (typeof value === 'string')
    return ISO_TIME.test(value) ? <Moment at={value} /> : <LongText>{value}</LongText>;
  if (depth === DEEPEST) return <Code className="written">{JSON.stringify(value)}</Code>;
  if (Array.isArray(value))
    return value.length === 0 ? (
      <Value value={null} depth={depth} />
    ) : (
      <ul className="feedback-list">
        {(value as readonly unknown[]).map((one, index) => (
          <li key={index}>
            <Value value={one} depth={depth + 1} />
          </li>
        ))}
      </ul>
    );
  return (
    <dl className="feedback-members">
      {Object.entries(value as Readonly<Record<string, unknown>>).map(([name, member]) => (
        <div key={name}>
          <Text component="dt" size="xs" c="dimmed">
            {wordsOf(name)}
          </Text>
          <Text component="dd" size="sm" m={0} className="breaks-words">
            <Value value={member} depth={depth + 1} />
          </Text>
        </div>
      ))}
    </dl>
  );
}
