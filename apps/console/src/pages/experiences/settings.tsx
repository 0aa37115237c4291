import { Card, Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Experience } from '../../shared/experience';
import { experienceEvidenceLink } from '../../shared/evidence-links';
import { Moment } from '../../shared/time';
import { useWorkspace } from '../../shared/use-query-state';
import { Why } from '../../shared/why';

const TRIGGERS: Readonly<Record<string, string>> = {
  DEFAULT: 'As soon as possible',
  EVENT: 'After an event in your product',
  MANUAL: 'When your code starts it',
  LEAVE_PAGE: 'When someone leaves the page',
  URL: 'At certain addresses',
  NONE: 'Never automatically',
};

/** How Jimo shows the experience, according to its newest snapshot. */
export function Settings({ experience }: { experience: Experience }) {
  const { triggerType, expiresAt, uid } = experience;
  const { workspace } = useWorkspace();
  return (
    <Card withBorder component="section" aria-labelledby="settings">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="settings">
          Settings
        </Title>
        <Why of="its settings" to={experienceEvidenceLink({ uid, workspace })} />
      </Group>
      <dl style={{ margin: 0 }}>
        <Setting name="Starts">
          {triggerType === null ? 'unknown' : (TRIGGERS[triggerType] ?? triggerType)}
        </Setting>
        <Setting name="Repeats">{recurrence(experience)}</Setting>
        <Setting name="Expires">{expiresAt ? <Moment at={expiresAt} /> : 'never'}</Setting>
        <Setting name="Uid">
          <Text span ff="monospace" size="xs" style={{ overflowWrap: 'anywhere' }}>
            {uid}
          </Text>
        </Setting>
      </dl>
    </Card>
  );
}

function Setting({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Group gap="xs" wrap="nowrap" align="baseline" py={2}>
      <Text component="dt" size="sm" c="dimmed" w={64} style={{ flexShrink: 0 }}>
        {name}
      </Text>
      <Text component="dd" size="sm" m={0}>
        {children}
      </Text>
    </Group>
  );
}

function recurrence({ recurrencyType, recurrencyValue }: Experience): string {
  switch (recurrencyType) {
    case 'SINGLE_TIME':
      return 'once per user';
    case 'EVERY_TIME':
      return 'every time';
    case 'DAY_BASED':
      return typeof recurrencyValue === 'number' ? `every ${recurrencyValue} days` : 'after some days';
    case null:
      return 'unknown';
    default:
      return recurrencyType;
  }
}
