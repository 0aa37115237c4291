import { Alert, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import type { Explanation } from './explanation';
import { verdictOf } from './story';

/** Whether the events make the row that is stored. */
export function Verdict({ explanation }: { explanation: Explanation }) {
  const { color, title, sentences } = verdictOf(explanation);
  return (
    <Alert
      color={color}
      icon={color === 'teal' ? <IconCheck /> : <IconAlertTriangle />}
      title={title}
      {...(color !== 'teal' && { role: 'alert' })}
    >
      {sentences.map((sentence) => (
        <Text key={sentence} size="sm" className="breaks-words">
          {sentence}
        </Text>
      ))}
    </Alert>
  );
}
