import { Badge, Code, Group } from '@mantine/core';

/** An answer as it was given: a text, a number, some of several choices, or any other JSON. */
export function AnswerValue({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === '') return <>no answer</>;
  if (typeof value === 'string' || typeof value === 'number') return <>{String(value)}</>;
  if (typeof value === 'boolean') return <>{value ? 'yes' : 'no'}</>;
  if (Array.isArray(value) && value.every((part) => typeof part === 'string' || typeof part === 'number')) {
    return (
      <Group gap={4}>
        {value.map((part, index) => (
          <Badge key={index} variant="default">
            {part}
          </Badge>
        ))}
      </Group>
    );
  }
  return <Code block>{JSON.stringify(value, null, 2)}</Code>;
}
