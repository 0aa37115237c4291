import { Box, Button, Card, Collapse, Grid, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useId } from 'react';
import { CHART } from '../../../shared/chart-colors';
import { ExportFile } from '../../../shared/export-file';
import { count, counted, share } from '../../../shared/numbers';
import { short } from '../../../shared/short';
import { Empty, Loaded } from '../../../shared/states';
import { useWorkspace } from '../../../shared/use-query-state';
import { useDays } from '../range';
import { AnswersList } from './answers-list';
import { kindOf, stepTitle, stepTypeWord } from './step-kinds';
import { ChoiceStep, NpsStep, ScaleStep, StepOverTime } from './step-plots';
import { useSteps, type StepAnswers } from './use-answers';

const HALF = { base: 12, lg: 6 };

/** The results, question by question. */
export function SurveyResults({ uid }: { uid: string }) {
  const { data, error, refetch } = useSteps(uid, useDays());
  return (
    <Stack gap="md" component="section" aria-label="Results">
      <Loaded what="the answers" data={data} error={error} retry={() => void refetch()}>
        {({ responses, steps }) =>
          steps.length === 0 ? (
            <Card withBorder>
              <Empty title="No answers yet">Results appear with the first answer.</Empty>
            </Card>
          ) : (
            <>
              <Responses responses={responses} uid={uid} />
              <Grid gap="md">
                {steps.map((step) => (
                  <Step key={step.stepUid} uid={uid} step={step} />
                ))}
              </Grid>
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}

type Responses = NonNullable<ReturnType<typeof useSteps>['data']>['responses'];

function Responses({ responses: { total, completed, partial }, uid }: { responses: Responses; uid: string }) {
  const { ofWorkspace } = useWorkspace();
  const days = useDays();
  const parts = [
    { label: 'Completed', size: completed, color: CHART.teal },
    { label: 'Partial: started, not completed yet', size: partial, color: CHART.orange },
  ];
  return (
    <Card withBorder component="section" aria-labelledby="responses">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} size="h4" id="responses">
            Responses
          </Title>
          <Text size="sm" c="dimmed">
            {counted(total, 'response')}
            {days.from === undefined && days.to === undefined ? '' : ' that began in this period'}; one user
            may respond several times.
          </Text>
        </div>
        <ExportFile
          path={`v1/experiences/${uid}/responses`}
          query={{ ...ofWorkspace, ...days }}
          file="survey-responses"
        />
      </Group>
      <Group gap={2} h={18} wrap="nowrap" my="sm" aria-hidden>
        {parts
          .filter(({ size }) => size > 0)
          .map(({ label, size, color }) => (
            <Box key={label} h="100%" bdrs={3} miw={4} style={{ flex: `${size} 0 0`, background: color }} />
          ))}
      </Group>
      <Group gap="lg">
        {parts.map(({ label, size, color }) => (
          <Group key={label} gap="xs" wrap="nowrap">
            <Box w={12} h={12} bdrs={3} style={{ background: color, flexShrink: 0 }} />
            <Text size="sm">
              {label}: <b className="numbers">{count(size)}</b>{' '}
              <Text span size="sm" c="dimmed">
                {share(size, total)}
              </Text>
            </Text>
          </Group>
        ))}
      </Group>
    </Card>
  );
}

/** One question. An NPS question takes two cells, because its score over time has a chart of its own. */
function Step({ uid, step }: { uid: string; step: StepAnswers }) {
  const kind = kindOf(step);
  if (step.responses === 0)
    return (
      <Grid.Col span={HALF}>
        <NoAnswers step={step} />
      </Grid.Col>
    );
  if (kind === 'text')
    return (
      <Grid.Col span={HALF}>
        <TextStep uid={uid} step={step} />
      </Grid.Col>
    );
  return (
    <>
      <Grid.Col span={HALF}>
        {kind === 'nps' && <NpsStep step={step} nps={step.nps!} />}
        {kind === 'scale' && <ScaleStep step={step} />}
        {kind === 'choices' && <ChoiceStep step={step} />}
        <SingleAnswers uid={uid} step={step} />
      </Grid.Col>
      {kind === 'nps' && <StepOverTime uid={uid} step={step} />}
    </>
  );
}

/** A question without answers in the chosen period; it keeps its place. */
function NoAnswers({ step }: { step: StepAnswers }) {
  return (
    <Card withBorder>
      <Title order={2} size="h4">
        {stepTitle(step)}
      </Title>
      <Text size="sm" c="dimmed">
        {stepTypeWord(step.stepType)} · no answers in this period.
      </Text>
    </Card>
  );
}

function TextStep({ uid, step }: { uid: string; step: StepAnswers }) {
  const { ofWorkspace } = useWorkspace();
  const days = useDays();
  const id = useId();
  return (
    <Card withBorder component="section" aria-labelledby={id}>
      <Group justify="space-between" align="flex-start" mb="xs">
        <Box className="breaks-words">
          <Title order={2} size="h4" id={id}>
            {stepTitle(step)}
          </Title>
          <Text size="sm" c="dimmed">
            {stepTypeWord(step.stepType)} · {counted(step.responses, 'answer')}, newest first.
          </Text>
        </Box>
        <ExportFile
          path={`v1/experiences/${uid}/answers/${encodeURIComponent(step.stepUid)}`}
          query={{ ...ofWorkspace, ...days }}
          file="answers"
        />
      </Group>
      <AnswersList uid={uid} step={step} />
    </Card>
  );
}

/** The single answers with their users, loaded when opened. */
function SingleAnswers({ uid, step }: { uid: string; step: StepAnswers }) {
  const [opened, { toggle }] = useDisclosure(false);
  const Chevron = opened ? IconChevronUp : IconChevronDown;
  return (
    <Box mt={4}>
      <Button
        size="compact-sm"
        variant="subtle"
        maw="100%"
        aria-expanded={opened}
        onClick={toggle}
        rightSection={<Chevron size={14} aria-hidden />}
      >
        Who answered “{short(stepTitle(step), 60)}”
      </Button>
      <Collapse expanded={opened}>
        {opened && (
          <Card withBorder mt="xs">
            <AnswersList uid={uid} step={step} />
          </Card>
        )}
      </Collapse>
    </Box>
  );
}
