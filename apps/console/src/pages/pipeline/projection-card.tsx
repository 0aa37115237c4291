import { PROJECTIONS } from '@app/client';
import { Anchor, Badge, Card, Group, SimpleGrid, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { count } from '../../shared/numbers';
import { Moment } from '../../shared/time';
import { lengthOf } from '../../shared/time-words';
import { JobProgress } from './job-progress';
import { ProjectionActions } from './projection-actions';
import { ProjectionDetails } from './projection-details';
import { isProjectionName, verdictOf, type Projection } from '../../shared/projections';
import { findingsAbout, useHealth } from '../../shared/system-health';

const STATES: Readonly<Record<Projection['state'], { color: string; meaning: string }>> = {
  active: { color: 'teal', meaning: 'Follows the log and serves reads.' },
  rebuilding: { color: 'blue', meaning: 'Builds a new generation beside the active one.' },
  paused: { color: 'yellow', meaning: 'Paused by an admin; keeps its checkpoint.' },
  stopped: { color: 'red', meaning: 'Stopped; the reason is shown below.' },
  'not-built': { color: 'gray', meaning: 'Not built by a projector yet.' },
};

export function ProjectionCard({ projection }: { projection: Projection }) {
  const { name, state, version, activeGeneration, deadLetters, accountsAddUp, verification } = projection;
  const { data: health } = useHealth();
  const findings = health ? findingsAbout(health, name) : [];
  const shown = STATES[state];
  return (
    <Card withBorder component="article" aria-label={name}>
      <Stack gap="sm" h="100%">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Title order={3} size="h5">
              {name}
            </Title>
            <Text size="sm" c="dimmed">
              {isProjectionName(name) ? PROJECTIONS[name] : 'Read model'}
            </Text>
          </div>
          <Group gap={4} wrap="nowrap">
            {findings.length > 0 && (
              <Badge variant="filled" color={isTrouble(findings) ? 'red' : 'yellow.8'}>
                not healthy
              </Badge>
            )}
            <Tooltip label={shown.meaning} events={{ hover: true, focus: true, touch: true }}>
              <Badge variant="light" color={shown.color} tabIndex={0}>
                {state}
              </Badge>
            </Tooltip>
          </Group>
        </Group>
        {findings.map(({ level, message }) => (
          <Text key={message} size="sm" {...(level === 'trouble' && { c: 'var(--mantine-color-error)' })}>
            {message}
          </Text>
        ))}
        <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm" component="dl" m={0}>
          <Fact name="Lag" help="Records that are not applied yet, and the age of the oldest.">
            {lagText(projection)}
          </Fact>
          <Fact
            name="Generation"
            help="The set of tables that serves reads. The version is that of the projection’s declaration."
          >
            {activeGeneration === null ? 'none' : `${activeGeneration} (version ${version})`}
          </Fact>
          <Fact
            name="Offset ledger"
            help="Whether every offset up to the checkpoint is accounted for: applied, skipped, a dead letter or a gap."
          >
            <Group gap={4} component="span" wrap="nowrap">
              {accountsAddUp ? <IconCheck size={14} aria-hidden /> : <IconX size={14} aria-hidden />}
              {accountsAddUp ? 'complete' : 'incomplete'}
            </Group>
          </Fact>
          <Fact name="Dead letters" help="Open events that the projection could not apply.">
            {deadLetters === 0 ? (
              'none'
            ) : (
              <Anchor component={Link} to={`/pipeline/dead-letters?projection=${name}`} inherit>
                {count(deadLetters)}
              </Anchor>
            )}
          </Fact>
        </SimpleGrid>
        <Text size="sm">
          <LastVerification projection={projection} />
        </Text>
        <JobProgress projection={name} job={projection.rebuild} />
        <JobProgress projection={name} job={verification} />
        <Group justify="space-between" mt="auto">
          <ProjectionDetails projection={projection} />
          <ProjectionActions projection={projection} />
        </Group>
      </Stack>
    </Card>
  );
}

function Fact({ name, help, children }: { name: string; help: string; children: ReactNode }) {
  return (
    <div>
      <Tooltip label={help} multiline maw={260} events={{ hover: true, focus: true, touch: true }}>
        <Text component="dt" size="xs" c="dimmed" tabIndex={0} style={{ width: 'fit-content' }}>
          {name}
        </Text>
      </Tooltip>
      <Text component="dd" m={0} size="sm" fw={500}>
        {children}
      </Text>
    </div>
  );
}

const isTrouble = (findings: readonly { readonly level: string }[]): boolean =>
  findings.some(({ level }) => level === 'trouble');

function lagText({ lag, lagSeconds }: Projection): string {
  if (lag === null) return 'unknown';
  if (lag === 0) return 'none';
  return lagSeconds === null ? count(lag) : `${count(lag)}, ${lengthOf(lagSeconds)}`;
}

/** The outcome of the last verification. It applies only to the generation that was verified. */
function LastVerification({ projection }: { projection: Projection }) {
  const { verification, activeGeneration } = projection;
  if (!verification || verification.state === 'queued' || verification.state === 'running')
    return verification ? <>Verification in progress.</> : <>Not verified yet.</>;
  const when = verification.finishedAt ? <Moment at={verification.finishedAt} relative /> : null;
  if (verification.state === 'cancelled') return <>The last verification was cancelled {when}.</>;
  if (verification.state === 'failed')
    return (
      <>
        The last verification failed {when}: {reasonOf(verification.outcome)}
      </>
    );
  const compared = Number(verification.outcome?.['generation']);
  if (compared !== activeGeneration)
    return (
      <>
        Generation {activeGeneration} has not been verified yet; generation {compared} was verified {when}.
      </>
    );
  switch (verdictOf(verification)) {
    case 'clean':
      return <>Verified against the log, row by row: clean, {when}.</>;
    case 'differs':
      return (
        <>
          Verified {when}: some rows differ from the log. Rebuild the projection and report the differences.
        </>
      );
    case 'indeterminate':
    case null:
      return <>Verified {when}: indeterminate. Let the projection catch up, then verify again.</>;
  }
}

const reasonOf = (outcome: Readonly<Record<string, unknown>> | null): string => {
  const reason = outcome?.['error'] ?? outcome?.['reason'];
  return typeof reason === 'string' ? reason : 'no reason given';
};
