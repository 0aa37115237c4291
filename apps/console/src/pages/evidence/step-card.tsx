import { ActionIcon, Anchor, Badge, Card, Code, Group, Text, Title } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconChevronsLeft,
  IconChevronsRight,
  type Icon,
} from '@tabler/icons-react';
import { eventWords } from '../../shared/event-words';
import { JsonView } from '../../shared/json-view';
import { count } from '../../shared/numbers';
import { exactly, isIsoTime } from '../../shared/time-words';
import { capitalized } from '../../shared/words';
import { Sentences } from './sentences';
import { columnWords, type Field, type Step } from './story';

/** One event, what it did, and the row after it; with the buttons that move to other events. */
export function StepCard({
  step,
  at,
  all,
  isEnd,
  go,
  goToEvent,
}: {
  step: Step;
  at: number;
  all: number;
  /** Whether no event follows, so that the row is as it is now. */
  isEnd: boolean;
  go: (index: number) => void;
  goToEvent: (id: string) => void;
}) {
  return (
    <Card withBorder component="section" aria-label="Step by step" className="stays-in-view">
      <Group justify="space-between" wrap="nowrap" mb="sm">
        <Group gap={4} wrap="nowrap" role="group" aria-label="Steps">
          <Move label="First event" icon={IconChevronsLeft} go={() => go(0)} isOff={at === 0} />
          <Move label="Previous event" icon={IconChevronLeft} go={() => go(at - 1)} isOff={at === 0} />
          <Move label="Next event" icon={IconChevronRight} go={() => go(at + 1)} isOff={at === all - 1} />
          <Move label="Last event" icon={IconChevronsRight} go={() => go(all - 1)} isOff={at === all - 1} />
        </Group>
        <Text size="sm" c="dimmed" className="numbers">
          Event {count(at + 1)} of {count(all)}
          {!isEnd && at === all - 1 && '+'}
        </Text>
      </Group>
      <div role="status">
        <Text fw={600}>{step.words}</Text>
        <Sentences step={step} isWhole />
      </div>
      <Title order={2} size="h5" mt="md" mb="xs">
        {isEnd ? 'The row now' : 'The row after this event'}
      </Title>
      <dl className="members">
        {step.fields.map((field) => (
          <FieldView key={field.column} field={field} isOwn={field.setBy === step.event} show={goToEvent} />
        ))}
      </dl>
      <Received step={step} />
    </Card>
  );
}

/** The event as it was received, and where it is in the log. */
function Received({ step: { event } }: { step: Step }) {
  const { position, appendedAt, payload } = event;
  return (
    <details>
      <Text component="summary" size="sm" mt="md">
        The event as received
      </Text>
      <Text size="xs" c="dimmed" className="breaks-words" my={4}>
        {position === null ? 'Its position is unknown' : `At ${position}`}
        {appendedAt !== null && `, since ${exactly(appendedAt)}`}
      </Text>
      {payload !== null && (
        <Code block className="written">
          {JSON.stringify(payload, null, 2)}
        </Code>
      )}
    </details>
  );
}

/** It is never really disabled: the focus stays on it at the first and the last event. */
function Move({
  label,
  icon: Drawn,
  go,
  isOff,
}: {
  label: string;
  icon: Icon;
  go: () => void;
  isOff: boolean;
}) {
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={label}
      title={label}
      aria-disabled={isOff}
      {...(isOff && { 'data-disabled': true })}
      onClick={go}
    >
      <Drawn size={18} aria-hidden />
    </ActionIcon>
  );
}

function FieldView({
  field: { column, value, setBy, isChanged },
  isOwn,
  show,
}: {
  field: Field;
  isOwn: boolean;
  show: (id: string) => void;
}) {
  return (
    <div className="evidence-field" data-changed={isChanged}>
      <Group component="dt" gap="xs">
        <Text size="xs" c="dimmed" span>
          {capitalized(columnWords(column))}
        </Text>
        {isChanged && (
          <Badge size="xs" variant="light" className="readable-badge">
            changed
          </Badge>
        )}
      </Group>
      <Text component="dd" size="sm" m={0} className="breaks-words">
        {typeof value === 'string' && isIsoTime(value) ? (
          <time dateTime={value}>{exactly(value)}</time>
        ) : (
          <JsonView value={value} />
        )}
      </Text>
      {setBy && (
        <Text component="dd" size="xs" c="dimmed" m={0}>
          {isOwn ? (
            'from this event'
          ) : (
            <>
              from{' '}
              <Anchor component="button" type="button" inherit ta="left" onClick={() => show(setBy.id)}>
                {capitalized(eventWords(setBy.event))}, {exactly(setBy.time)}
              </Anchor>
            </>
          )}
        </Text>
      )}
    </div>
  );
}
