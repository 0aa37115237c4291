import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconGitCompare } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Moment } from '../../../shared/time';
import { FieldValue } from './field-value';
import type { LinkOf } from './item-link';
import { FIELD_LABELS, whoMade, type Field, type Standing } from '../standing';
import type { ItemForm } from './use-item-form';

/** Both of us changed a field: what it was, what it is now, what I wrote; and the choice. */
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
  const show = (value: Standing[F]): ReactNode => (
    <FieldValue field={field} value={value} workspace={item.workspace} linkOf={linkOf} />
  );
  return (
    <Alert
      color="yellow"
      role="group"
      icon={<IconGitCompare />}
      title={`${FIELD_LABELS[field]}: changed by you and by ${other ? whoMade(other) : 'another'}`}
      mt="xs"
    >
      <Stack gap="xs">
        <Version title="It was">{show(draft.base[field])}</Version>
        <Version
          title={
            <>
              {other ? whoMade(other) : 'Another'} made it
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
        <Version title="You wrote, not sent yet">{show(draft.mine[field] as Standing[F])}</Version>
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
