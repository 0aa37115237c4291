import {
  Alert,
  Autocomplete,
  Button,
  Group,
  NativeSelect,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconPlugConnectedX } from '@tabler/icons-react';
import { ReadApiProblem } from '@app/client';
import { useConnectionLost } from '../../../api/connection';
import { FEEDBACK_STATUSES, STATUS_LABELS, type FeedbackStatus } from '../../../shared/feedback-status';
import { explain } from '../../../shared/states';
import { setActorName, useActorName } from './actor';
import { Conflict } from './conflict';
import { shown } from './draft';
import type { FilterChoices } from '../filter-bar';
import type { LinkOf } from './item-link';
import { MergeField } from './merge-field';
import { FIELD_LABELS, LIMITS, type Field } from '../triage';
import type { ItemForm } from './use-item-form';

/** The triage fields of a request, with unsaved values from the draft. */
export function TriageForm({
  form,
  choices,
  linkOf,
}: {
  form: ItemForm;
  choices: FilterChoices;
  linkOf: LinkOf;
}) {
  const { item, draft } = form;
  const actor = useActorName();
  const errorOf = (field: Field): string | null => {
    const { outcome } = form;
    if (outcome.is !== 'refused') return null;
    return outcome.error.problem.problems?.find(({ path }) => path.startsWith(field))?.message ?? null;
  };
  return (
    <Stack gap="sm" component="form" onSubmit={(event) => event.preventDefault()}>
      <div>
        <NativeSelect
          label={FIELD_LABELS.status}
          data={FEEDBACK_STATUSES.map((status) => ({ value: status, label: STATUS_LABELS[status] }))}
          value={shown(draft, item, 'status')}
          onChange={(event) => form.edit('status', event.currentTarget.value as FeedbackStatus)}
          error={errorOf('status')}
        />
        <Conflict form={form} field="status" linkOf={linkOf} />
      </div>
      <div>
        <TagsInput
          label={FIELD_LABELS.tags}
          description="Press Enter or type a comma to add a tag."
          data={[...choices.tags]}
          value={[...shown(draft, item, 'tags')]}
          onChange={(tags) => form.edit('tags', tags)}
          maxTags={LIMITS.tags}
          maxLength={LIMITS.tag}
          error={errorOf('tags')}
        />
        <Conflict form={form} field="tags" linkOf={linkOf} />
      </div>
      <div>
        <Autocomplete
          label={FIELD_LABELS.assignee}
          placeholder="Nobody"
          data={[...choices.assignees]}
          value={shown(draft, item, 'assignee') ?? ''}
          onChange={(name) => form.edit('assignee', name === '' ? null : name)}
          maxLength={LIMITS.assignee}
          error={errorOf('assignee')}
        />
        <Conflict form={form} field="assignee" linkOf={linkOf} />
      </div>
      <div>
        <Textarea
          label={FIELD_LABELS.note}
          autosize
          minRows={3}
          maxRows={14}
          value={shown(draft, item, 'note') ?? ''}
          onChange={(event) => form.edit('note', event.currentTarget.value || null)}
          maxLength={LIMITS.note}
          error={errorOf('note')}
        />
        <Conflict form={form} field="note" linkOf={linkOf} />
      </div>
      <div>
        <MergeField
          item={item}
          value={shown(draft, item, 'mergedInto')}
          choose={(uid) => form.edit('mergedInto', uid)}
          error={errorOf('mergedInto')}
        />
        <Conflict form={form} field="mergedInto" linkOf={linkOf} />
      </div>
      <TextInput
        label="Your name, for the history"
        description="Kept on this device. Without it, the history shows only the token’s scope."
        value={actor}
        onChange={(event) => setActorName(event.currentTarget.value)}
        maxLength={LIMITS.actor}
        autoComplete="name"
      />
      <Actions form={form} />
    </Stack>
  );
}

function Actions({ form }: { form: ItemForm }) {
  const { outcome, unsent, conflicts } = form;
  const fields = (some: readonly Field[]): string =>
    some.map((field) => FIELD_LABELS[field].toLowerCase()).join(', ');
  const unanswered = outcome.is === 'unanswered';
  return (
    <Stack gap="xs" className="feedback-actions" data-open={unsent.length > 0}>
      <div role="status">
        <Result form={form} />
      </div>
      <Text size="sm" c="dimmed" id="triage-state">
        {conflicts.length > 0
          ? `Resolve first: ${fields(conflicts)}.`
          : unsent.length > 0
            ? `Not saved yet: ${fields(unsent)}. This tab keeps the changes, even if you close the panel or reload.`
            : 'No unsaved changes.'}
      </Text>
      <Group gap="xs">
        <Button
          onClick={unanswered ? form.sendAgain : form.send}
          disabled={unsent.length === 0 || conflicts.length > 0}
          loading={outcome.is === 'sending'}
          aria-describedby="triage-state"
        >
          {unanswered || outcome.is === 'outdated' ? 'Save again' : 'Save changes'}
        </Button>
        {unsent.length > 0 && (
          <Button variant="default" onClick={form.discard} disabled={outcome.is === 'sending'}>
            Discard my changes
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function Result({ form }: { form: ItemForm }) {
  const lost = useConnectionLost();
  const { outcome, unsent, conflicts } = form;
  if (outcome.is === 'outdated' && unsent.length > 0)
    return (
      <Alert
        color="yellow"
        icon={<IconAlertTriangle />}
        title="Someone else saved first. Your changes are not saved yet."
      >
        {conflicts.length > 0
          ? 'Choose a version above for each field that both of you changed, then save again.'
          : 'Review their changes, then save again.'}
      </Alert>
    );
  if (outcome.is === 'refused')
    return (
      <Alert color="red" icon={<IconAlertTriangle />} title="Not saved">
        {explain(outcome.error)} Your changes are kept here.
      </Alert>
    );
  if (outcome.is === 'unanswered' && unsent.length > 0)
    return (
      <Alert
        color="yellow"
        icon={<IconPlugConnectedX />}
        title="No response. Your changes may or may not have been saved."
      >
        {outcome.error instanceof ReadApiProblem && outcome.error.problem.detail
          ? `${outcome.error.problem.detail} `
          : 'The read API does not answer. '}
        Your changes are kept here. “Save again” first checks whether they were saved.
      </Alert>
    );
  if (lost)
    return (
      <Alert color="yellow" icon={<IconPlugConnectedX />} title="No connection">
        This tab keeps your changes. Save them when the connection is back.
      </Alert>
    );
  if (unsent.length === 0 && (outcome.is === 'stored' || outcome.is === 'unanswered'))
    return (
      <Text size="sm" fw={550}>
        <IconCheck size={14} aria-hidden />{' '}
        {outcome.is === 'stored' ? 'Saved.' : 'Saved: your changes had arrived.'}
      </Text>
    );
  return null;
}
