import { Badge, Code, Group } from '@mantine/core';

import { LongText } from './long-text';
import { short } from './short';

/** The value of an answer: a text, a number, a list of choices, or any other JSON. */
export function AnswerValue({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === '') return <>no answer</>;
  if (typeof value === 'string') return <LongText>{value}</LongText>;
  if (typeof value === 'number') return <>{value}</>;
  if (typeof value === 'boolean') return <>{value ? 'yes' : 'no'}</>;
  if (Array.isArray(value) && value.every((part) => typeof part === 'string' || typeof part === 'number')) {
    return (
      <Group gap={4}>
        {value.map((part, index) => (
          <Badge key={index} variant="default" className="wrapping-badge">
            {typeof part === 'string' ? short(part) : part}
          </Badge>
        ))}
      </Group>
    );
  }
  return <Code block>{JSON.stringify(value, null, 2)}</Code>;
}
