import { Accordion, Anchor, Badge, Group, Progress, Stack, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '../../session/session';
import { AnswerValue } from '../../shared/answer-value';
import { titleOf, typeWord } from '../../shared/experience';
import { JourneyStateBadge } from '../../shared/journey-state';
import { answerEvidenceLink, journeyEvidenceLink, taskEvidenceLink } from '../../shared/evidence-links';
import { experienceLink } from '../../shared/links';
import { PlainTable } from '../../shared/plain-table';
import { short } from '../../shared/short';
import { Empty } from '../../shared/states';
import { Moment } from '../../shared/time';
import { Why } from '../../shared/why';
import { Runs } from './runs';

type Journey = Schemas['JourneyWithAnswersDto'];
type Jimer = Schemas['JimerDto'];

/** Newest first: support questions are about what just happened. */
const byNewest = (one: Journey, other: Journey): number => other.lastEventAt.localeCompare(one.lastEventAt);

export function JourneyList({ jimer, experiences }: { jimer: Jimer; experiences: readonly Journey[] }) {
  const [open, setOpen] = useState<string[]>([]);
  return (
    <section aria-labelledby="journeys">
      <Title order={2} size="h4" id="journeys" mb="xs">
        Experiences
      </Title>
      {experiences.length === 0 ? (
        <Empty title="No experiences yet">
          None of this user’s events belongs to a tour, survey, checklist, hint, banner or post.
        </Empty>
      ) : (
        <Accordion variant="separated" multiple value={open} onChange={setOpen} order={3}>
          {experiences.toSorted(byNewest).map((journey) => (
            <Accordion.Item key={journey.uid} value={journey.uid}>
              <Group wrap="nowrap" gap={0} pr="md">
                <Accordion.Control miw={0}>
                  <Group justify="space-between" wrap="nowrap" pr="xs">
                    <div style={{ minWidth: 0 }}>
                      <Text fw={500} truncate>
                        {titleOf(journey)}
                      </Text>
                      <Text size="xs" c="dimmed">
                        {typeWord(journey.type)} · last event <Moment at={journey.lastEventAt} relative />
                      </Text>
                    </div>
                    <JourneyStateBadge state={journey.state} />
                  </Group>
                </Accordion.Control>
                <Why of={titleOf(journey)} to={journeyEvidenceLink(jimer, journey.uid)} />
              </Group>
              <Accordion.Panel>
                {open.includes(journey.uid) && <JourneyDetails jimer={jimer} journey={journey} />}
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      )}
    </section>
  );
}

function JourneyDetails({ jimer, journey }: { jimer: Jimer; journey: Journey }) {
  const counts = [
    [journey.starts, 'start', 'starts'],
    [journey.completions, 'completion', 'completions'],
    [journey.views, 'view', 'views'],
    [journey.ctaClicks, 'button click', 'button clicks'],
    [journey.comments, 'comment', 'comments'],
  ] as const;
  return (
    <Stack gap="md">
      <Group gap="xs">
        {counts
          .filter(([count]) => count > 0)
          .map(([count, one, many]) => (
            <Badge key={one} variant="default">
              {count} {count === 1 ? one : many}
            </Badge>
          ))}
        {journey.liked && (
          <Badge variant="light" color="pink">
            liked it
          </Badge>
        )}
        <Anchor
          component={Link}
          to={experienceLink({ uid: journey.uid, workspace: jimer.workspace })}
          size="sm"
        >
          Open the experience
        </Anchor>
      </Group>
      {journey.progress && journey.progress.knownTasks > 0 && (
        <TaskProgress jimer={jimer} journey={journey} />
      )}
      {journey.answers.length > 0 && <Answers jimer={jimer} journey={journey} />}
      <Runs jimer={jimer} experienceUid={journey.uid} />
    </Stack>
  );
}

function TaskProgress({ jimer, journey }: { jimer: Jimer; journey: Journey }) {
  const { completed, skipped, knownTasks } = journey.progress!;
  const share = (count: number): number => Math.min(100, (100 * count) / knownTasks);
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        Tasks: {completed} of {knownTasks} completed{skipped > 0 && `, ${skipped} skipped`}
      </Text>
      <Progress.Root size="lg">
        <Progress.Section value={share(completed)} color="teal" aria-label="Completed tasks" />
        <Progress.Section value={share(skipped)} color="orange" aria-label="Skipped tasks" />
      </Progress.Root>
      <Table mt="xs" aria-label="Tasks">
        <Table.Tbody>
          {journey.tasks.map((task) => (
            <Table.Tr key={task.uid}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{short(task.name ?? '') || task.uid}</Table.Td>
              <Table.Td>{task.status}</Table.Td>
              <Table.Td>
                <Moment at={task.at} />
              </Table.Td>
              <Table.Td>
                <Why
                  of={short(task.name ?? '') || task.uid}
                  to={taskEvidenceLink(jimer, journey.uid, task.uid)}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Answers({ jimer, journey }: { jimer: Jimer; journey: Journey }) {
  return (
    <PlainTable
      label="Answers"
      minWidth={380}
      head={['Question', 'Answer', 'When', 'Evidence']}
      rows={journey.answers.map(({ stepUid, stepName, value, at }) => [
        short(stepName ?? '') || stepUid,
        <AnswerValue key="value" value={value} />,
        <Moment key="at" at={at} />,
        <Why
          key="why"
          of={`the answer to ${short(stepName ?? '') || stepUid}`}
          to={answerEvidenceLink(jimer, journey.uid, stepUid)}
        />,
      ])}
    />
  );
}
