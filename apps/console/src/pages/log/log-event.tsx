import { Accordion, Anchor, Badge, Code, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { EventIcon } from '../../shared/event-icon';
import { eventWords } from '../../shared/event-words';
import { experienceLink, feedbackLink, jimerLink } from '../../shared/links';
import { jimerName } from '../../shared/jimer-name';
import { RecordHeaders } from '../../shared/record-view';
import { short } from '../../shared/short';
import { Moment } from '../../shared/time';
import { useWorkspace } from '../../shared/use-query-state';
import type { LogEvent } from './use-log';

export function LogEvents({ events }: { events: readonly LogEvent[] }) {
  const [opened, setOpened] = useState<string[]>([]);
  return (
    <Accordion multiple value={opened} onChange={setOpened} aria-label="Events" order={2}>
      {events.map((event) => (
        <Accordion.Item key={event.position} value={event.position}>
          <Accordion.Control icon={<EventIcon event={event.event ?? ''} />}>
            <Summary event={event} />
          </Accordion.Control>
          <Accordion.Panel>{opened.includes(event.position) && <Details event={event} />}</Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function Summary({ event }: { event: LogEvent }) {
  const { several } = useWorkspace();
  return (
    <Group gap="sm" className="breaks-words" pr="sm">
      <Text size="sm" fw={500}>
        {event.event ?? 'no event'}
      </Text>
      <Text size="sm" c="dimmed" style={{ flex: '1 1 12rem', minWidth: 0 }}>
        {wordsOf(event)}
      </Text>
      {isRejected(event) && (
        <Badge className="readable-badge" color="orange" variant="light" tt="none">
          rejected
        </Badge>
      )}
      {several && event.workspace !== null && (
        <Badge variant="default" tt="none">
          {event.workspace}
        </Badge>
      )}
      <Text size="sm" c="dimmed">
        <Moment at={event.appendedAt} />
      </Text>
    </Group>
  );
}

const VIEWS = ['Payload', 'Raw', 'Headers'] as const;

function Details({ event }: { event: LogEvent }) {
  const [view, setView] = useState<(typeof VIEWS)[number]>('Payload');
  const { position, id, time, value, headers } = event;
  return (
    <Stack gap="sm">
      <Group gap="md">
        <Subjects event={event} />
      </Group>
      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {time !== null && (
          <>
            Happened <Moment at={time} /> ·{' '}
          </>
        )}
        position {position}
        {id !== null && <> · id {id}</>}
      </Text>
      <SegmentedControl
        size="xs"
        data={[...VIEWS]}
        value={view}
        onChange={(next) => setView(next)}
        style={{ alignSelf: 'flex-start' }}
        aria-label="Show"
      />
      {view === 'Headers' ? (
        <RecordHeaders headers={headers} />
      ) : (
        <Code
          block
          tabIndex={0}
          aria-label={view}
          style={{
            maxHeight: 420,
            overflow: 'auto',
            ...(view === 'Raw' && { overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }),
          }}
        >
          {textOf(value, view === 'Payload')}
        </Code>
      )}
    </Stack>
  );
}

/** Links to what the event is about. */
function Subjects({ event: { value, workspace } }: { event: LogEvent }) {
  const jimer = objectIn(value, 'jimer');
  const experience = objectIn(value, 'experience') ?? objectIn(value, 'post');
  const request = objectIn(value, 'request');
  const links = [
    jimer && { to: jimerLink({ uid: jimer.uid, workspace }), label: jimerName(namesOf(jimer)) },
    experience && {
      to: experienceLink({ uid: experience.uid, workspace }),
      label: textIn(experience, 'title') ?? experience.uid,
    },
    request && {
      to: feedbackLink({ uid: request.uid, workspace }),
      label: textIn(request, 'title') ?? request.uid,
    },
  ];
  return links.map(
    (link) =>
      link && (
        <Anchor key={link.to} component={Link} to={link.to} size="sm">
          {short(link.label, 80)}
        </Anchor>
      ),
  );
}

type Identified = Readonly<Record<string, unknown>> & { readonly uid: string };

function objectIn(value: unknown, member: string): Identified | null {
  const object: unknown = (value as Readonly<Record<string, unknown>> | null)?.[member];
  if (typeof object !== 'object' || object === null) return null;
  return typeof (object as Identified).uid === 'string' ? (object as Identified) : null;
}

const textIn = (object: Identified, member: string): string | null => {
  const text = object[member];
  return typeof text === 'string' && text !== '' ? text : null;
};

const namesOf = (jimer: Identified) => ({
  uid: jimer.uid,
  username: textIn(jimer, 'username'),
  email: textIn(jimer, 'email'),
  identifyToken: textIn(jimer, 'identifyToken'),
});

/** Who did what, in words. */
function wordsOf({ event, value }: LogEvent): string {
  if (event === null) return 'a record of another producer';
  const words = eventWords(event);
  if (words === event) return '';
  const jimer = objectIn(value, 'jimer');
  const experience = objectIn(value, 'experience') ?? objectIn(value, 'post');
  const title = experience && textIn(experience, 'title');
  return [jimer && jimerName(namesOf(jimer)), words, title && `“${short(title, 60)}”`]
    .filter(Boolean)
    .join(' ');
}

const isRejected = ({ position }: LogEvent): boolean => /^jimo\.(?:quarantine|unrecognized)\//.test(position);

function textOf(value: unknown, isPretty: boolean): string {
  if (typeof value === 'string') return value;
  return isPretty ? JSON.stringify(value, null, 2) : JSON.stringify(value);
}
