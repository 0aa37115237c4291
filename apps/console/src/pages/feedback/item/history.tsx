import { Group, Text } from '@mantine/core';
import { IconArrowNarrowRight } from '@tabler/icons-react';
import { Moment } from '../../../shared/time';
import { FieldValue } from './field-value';
import type { LinkOf } from './item-link';
import {
  FIELD_LABELS,
  FIELDS,
  type Field,
  type FeedbackChange,
  type FeedbackItem,
  type Triage,
} from '../triage';

/** The changes with author and time, newest first. */
export function History({ item, linkOf }: { item: FeedbackItem; linkOf: LinkOf }) {
  return (
    <ol className="feedback-history" reversed>
      {item.history.toReversed().map((change) => (
        <li key={change.version}>
          <Text size="sm">
            <Text span fw={600} inherit>
              {change.actor ?? 'Someone'}
            </Text>{' '}
            <Text span c="dimmed" size="xs">
              with a token of {change.by}, <Moment at={change.time} relative />
            </Text>
          </Text>
          <Changes change={change} workspace={item.workspace} linkOf={linkOf} />
        </li>
      ))}
      <li>
        <Text size="sm">
          Submitted <Moment at={item.createdAt} />
        </Text>
      </li>
    </ol>
  );
}

/** The changed fields with their old and new values. */
export function Changes({
  change,
  workspace,
  linkOf,
}: {
  change: Pick<FeedbackChange, 'changes'>;
  workspace: string;
  linkOf: LinkOf;
}) {
  const changes = change.changes as Partial<Record<Field, { from?: unknown; to?: unknown }>>;
  return FIELDS.map((field) => {
    const step = changes[field];
    if (!step) return null;
    const value = (of: unknown) => (
      <FieldValue field={field} value={of as Triage[typeof field]} workspace={workspace} linkOf={linkOf} />
    );
    return field === 'note' ? (
      <div key={field}>
        <Text size="xs" c="dimmed">
          {FIELD_LABELS.note}
        </Text>
        <Note text={step.to as string | null} />
        {Boolean(step.from) && (
          <details>
            <Text component="summary" size="xs" c="dimmed">
              Previous note
            </Text>
            {value(step.from)}
          </details>
        )}
      </div>
    ) : (
      <Group key={field} gap={6} mt={2}>
        <Text size="xs" c="dimmed">
          {FIELD_LABELS[field]}
        </Text>
        {value(step.from)}
        <IconArrowNarrowRight size={14} role="img" aria-label="to" />
        {value(step.to)}
      </Group>
    );
  });
}

const SHORT_NOTE = 240;

/** A long note is collapsed. */
function Note({ text }: { text: string | null }) {
  if (text === null)
    return (
      <Text size="sm" c="dimmed">
        removed
      </Text>
    );
  const shown = (
    <Text size="sm" className="written">
      {text}
    </Text>
  );
  if (text.length <= SHORT_NOTE) return shown;
  return (
    <details>
      <Text component="summary" size="sm">
        {text.slice(0, SHORT_NOTE)}…
      </Text>
      {shown}
    </details>
  );
}
