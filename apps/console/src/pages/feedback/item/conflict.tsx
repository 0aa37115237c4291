import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconGitCompare } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Moment } from '../../../shared/time';
import { FieldValue } from './field-value';
import type { LinkOf } from './item-link';
import { FIELD_LABELS, whoMade, type Field, type Triage } from '../triage';
import type { ItemForm } from './use-item-form';

/** A field that both this user and another changed: its three values, and the choice between them. */
export function Conflict<F extends Field>({
  form,
  field,
  linkOf,
}: {
  form: ItemForm;
  field: F;
  linkOf: LinkOf;
}) {
  const { item, draft } = form;
  if (!draft || !form.conflicts.includes(field)) return null;
  const other = item.history.findLast(({ changes }) => (changes as Partial<Record<Field, unknown>>)[field]);
  const show = (value: Triage[F]): ReactNode => (
    <FieldValue field={field} value={value} workspace={item.workspace} linkOf={linkOf} />
  );
  return (
    <Alert
      color="yellow"
      role="group"
      icon={<IconGitCompare />}
      title={`${FIELD_LABELS[field]}: changed by you and by ${other ? whoMade(other) : 'someone else'}`}
      mt="xs"
    >
      <Stack gap="xs">
        <Version title="Before">{show(draft.base[field])}</Version>
        <Version
          title={
            <>
              {other ? whoMade(other) : 'Someone else'} changed it to
              {other && (
                <>
                  {' '}
                  (<Moment at={other.time} relative />)
                </>
              )}
            </>
          }
        >
          {show(item[field])}
        </Version>
        <Version title="Your unsaved change">{show(draft.mine[field] as Triage[F])}</Version>
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={() => form.choose(field, 'mine')}>
            Keep mine
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => form.choose(field, 'theirs')}>
            Take theirs
          </Button>
          {(field === 'note' || field === 'tags') && (
            <Button size="compact-sm" variant="default" onClick={() => form.choose(field, 'both')}>
              Keep both
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

function Version({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      {children}
    </div>
  );
}
