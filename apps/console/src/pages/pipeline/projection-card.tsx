import { Anchor, Badge, Card, Group, SimpleGrid, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { count } from '../../shared/numbers';
import { lengthOf, Moment } from '../../shared/time';
import { JobProgress } from './job-progress';
import { ProjectionActions } from './projection-actions';
import { ProjectionDetails } from './projection-details';
import { isProjectionName, verdictOf, WHAT_FOR, type Projection } from '../../shared/projections';
import { findingsAbout, useHealth } from '../../shared/system-health';

const STATES: Readonly<Record<Projection['state'], { color: string; meaning: string }>> = {
  active: { color: 'teal', meaning: 'It follows the log and is served.' },
  rebuilding: { color: 'blue', meaning: 'A new generation is built beside the one that is served.' },
  paused: { color: 'yellow', meaning: 'Somebody paused it; it keeps its place in the log.' },
  stopped: { color: 'red', meaning: 'It reads nothing, and says why.' },
  'not-built': { color: 'gray', meaning: 'No projector has built it yet.' },
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
              {isProjectionName(name) ? WHAT_FOR[name] : 'A read model'}
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
          <Fact
            name="Lag"
            help="Records of the log that are not applied yet, and the age of the oldest of them."
          >
            {lagText(projection)}
          </Fact>
          <Fact
            name="Generation"
            help="Its tables as they were built last. The version is that of its declaration in the code."
          >
            {activeGeneration === null ? 'none' : `${activeGeneration} (version ${version})`}
          </Fact>
          <Fact
            name="Accounts"
            help="Whether every offset up to the checkpoint is accounted for: applied, skipped, set aside or a gap."
          >
            <Group gap={4} component="span" wrap="nowrap">
              {accountsAddUp ? <IconCheck size={14} aria-hidden /> : <IconX size={14} aria-hidden />}
              {accountsAddUp ? 'add up' : 'do not add up'}
            </Group>
          </Fact>
          <Fact name="Dead letters" help="Events that it could not apply, and that nobody has decided about.">
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
  if (lag === null) return 'not known';
  if (lag === 0) return 'none';
  return lagSeconds === null ? count(lag) : `${count(lag)}, ${lengthOf(lagSeconds)}`;
}

/** What the last comparison with the log found. It counts for the generation that it compared, and for no other. */
function LastVerification({ projection }: { projection: Projection }) {
  const { verification, activeGeneration } = projection;
  if (!verification || verification.state === 'queued' || verification.state === 'running')
    return verification ? <>Being compared with the log.</> : <>Not compared with the log yet.</>;
  const when = verification.finishedAt ? <Moment at={verification.finishedAt} relative /> : null;
  if (verification.state === 'cancelled') return <>The last comparison with the log was cancelled {when}.</>;
  if (verification.state === 'failed')
    return (
      <>
        The last comparison with the log failed {when}: {reasonOf(verification.outcome)}
      </>
    );
  const compared = Number(verification.outcome?.['generation']);
  if (compared !== activeGeneration)
    return (
      <>
        Generation {activeGeneration} has not been compared with the log yet; generation {compared} was,{' '}
        {when}.
      </>
    );
  switch (verdictOf(verification)) {
    case 'clean':
      return <>Compared with the log, row by row: clean, {when}.</>;
    case 'differs':
      return <>Compared with the log {when}: some rows differ. Rebuild it, and report what was found.</>;
    case 'indeterminate':
    case null:
      return <>Compared with the log {when}: it cannot be told. Let it catch up, and verify again.</>;
  }
}

const reasonOf = (outcome: Readonly<Record<string, unknown>> | null): string => {
  const reason = outcome?.['error'] ?? outcome?.['reason'];
  return typeof reason === 'string' ? reason : 'no reason was given';
};
