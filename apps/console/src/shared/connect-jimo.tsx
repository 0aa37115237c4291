import { Button, Card, Code, CopyButton, Group, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { Refusals } from './refusals';
import type { SystemHealth } from './system-health';

/** A placeholder: the console knows no webhook token and must not show one. */
const TOKEN = 'WEBHOOK_TOKEN';

/** Instructions to connect Jimo, shown while a workspace has never sent an event. */
export function ConnectJimo({ health: { workspaces, webhookUrl, refusals } }: { health: SystemHealth }) {
  const waiting = (workspaces ?? []).filter(({ everReceived }) => everReceived === false);
  if (workspaces === null || (workspaces.length > 0 && waiting.length === 0)) return null;
  const url = `${webhookUrl ?? 'https://<the gateway’s address>/webhooks/jimo'}?token=${TOKEN}`;
  const names = waiting.map(({ workspace }) => workspace).join(', ');
  return (
    <Card withBorder component="section" aria-labelledby="connect">
      <Stack gap="xs">
        <Title order={2} size="h4" id="connect">
          Connect Jimo
        </Title>
        <Text size="sm">
          {names === '' ? 'No event has been received yet.' : `No event has been received yet from ${names}.`}{' '}
          In Jimo, add a webhook with this address, and replace {TOKEN} with the workspace’s token in
          JIMO_WEBHOOK_TOKENS:
        </Text>
        <Group gap="xs">
          <Code style={{ overflowWrap: 'anywhere' }}>{url}</Code>
          <CopyButton value={url} timeout={3_000}>
            {({ copied, copy }) => (
              <Button
                size="xs"
                variant="default"
                onClick={copy}
                leftSection={
                  copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />
                }
              >
                <span aria-live="polite">{copied ? 'Address copied' : 'Copy the address'}</span>
              </Button>
            )}
          </CopyButton>
        </Group>
        <Text size="sm" c="dimmed">
          The first event appears here within seconds. To try the console without Jimo, generate a month of
          events with <Code>npm run demo</Code>.
        </Text>
        {refusals && refusals.groups.length > 0 && <Refusals refusals={refusals} />}
      </Stack>
    </Card>
  );
}
