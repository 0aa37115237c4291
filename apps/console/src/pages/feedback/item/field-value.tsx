import { Badge, Group, Text } from '@mantine/core';
import { FeedbackStatusBadge, type FeedbackStatus } from '../../../shared/feedback-status';
import { ItemLink, type LinkOf } from './item-link';
import type { Field, Triage } from '../triage';

/** A read-only view of a field's value. */
export function FieldValue<F extends Field>({
  field,
  value,
  workspace,
  linkOf,
}: {
  field: F;
  value: Triage[F];
  workspace: string;
  linkOf: LinkOf;
}) {
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0))
    return (
      <Text size="sm" c="dimmed" span>
        {field === 'assignee' ? 'nobody' : 'none'}
      </Text>
    );
  const known: unknown = value;
  const kind: Field = field;
  switch (kind) {
    case 'status':
      return <FeedbackStatusBadge status={known as FeedbackStatus} />;
    case 'tags':
      return (
        <Group gap={4} component="span">
          {(known as readonly string[]).map((tag) => (
            <Badge key={tag} size="sm" variant="default" tt="none" fw={500}>
              {tag}
            </Badge>
          ))}
        </Group>
      );
    case 'mergedInto':
      return <ItemLink uid={known as string} workspace={workspace} linkOf={linkOf} />;
    case 'assignee':
    case 'note':
      return (
        <Text size="sm" span className="written">
          {known as string}
        </Text>
      );
  }
}
