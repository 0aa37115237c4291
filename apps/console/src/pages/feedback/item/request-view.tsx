import { Button, Code, Stack } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useState } from 'react';
import { JsonView } from '../../../shared/json-view';
import type { FeedbackItem } from '../triage';

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
        <JsonView value={request} />
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
