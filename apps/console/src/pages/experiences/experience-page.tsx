import { ReadApiProblem } from '@app/client';
import { Badge, Grid, Group, Stack, Text } from '@mantine/core';
import { useParams } from 'react-router';
import { Page } from '../../layout/page';
import { StatusBadge, titleOf, TypeLabel, type Experience } from '../../shared/experience';
import { experienceEvidenceLink } from '../../shared/evidence-links';
import { LiveBadge } from '../../shared/live-badge';
import { OpenLog } from '../../shared/open-log';
import { Loaded, Missing } from '../../shared/states';
import { useWorkspace } from '../../shared/use-query-state';
import { Why } from '../../shared/why';
import { JimersByState } from './jimers-by-state';
import { History } from './history';
import { Performance } from './performance';
import { RangePicker } from './range';
import { Settings } from './settings';
import { SurveyResults } from './survey/survey-results';
import { Tags } from './tags';
import { Tasks } from './tasks';
import { useExperience, useFollowed } from './use-experience';

const BACK = { to: '/experiences', label: 'Experiences' };

export function ExperiencePage() {
  const uid = useParams()['uid']!;
  // The key remounts the page for another experience, so that no state of the previous one is shown.
  return <OneExperience key={uid} uid={uid} />;
}

function OneExperience({ uid }: { uid: string }) {
  const { data, error, refetch } = useExperience(uid);
  const liveness = useFollowed(uid);
  if (!data && error instanceof ReadApiProblem && (error.kind === 'not-found' || error.kind === 'invalid'))
    return (
      <Page title="Experience not found" back={BACK}>
        <Missing title="No experience has this uid" to="/experiences" label="See all experiences">
          No event has named it, or it is in a workspace that your token does not see.
        </Missing>
      </Page>
    );
  return (
    <Page
      title={data ? titleOf(data) : 'Experience'}
      lead={data && <Lead experience={data} />}
      back={BACK}
      aside={
        <Group gap="sm">
          <LiveBadge liveness={liveness} />
          {data && <OpenLog filters={{ experienceUid: uid, workspace: data.workspace }} />}
        </Group>
      }
    >
      <Loaded what="the experience" data={data} error={error} retry={() => void refetch()}>
        {(experience) => (
          <Grid gap="md">
            <Grid.Col span={{ base: 12, md: 8 }}>
              <Stack gap="md">
                <RangePicker />
                <Performance experience={experience} />
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 4 }}>
              <Stack gap="md">
                <History experience={experience} />
                <Settings experience={experience} />
              </Stack>
            </Grid.Col>
            {experience.type === 'SURVEY' && (
              <Grid.Col span={12}>
                <SurveyResults uid={uid} />
              </Grid.Col>
            )}
            {experience.type === 'CHECKLIST' && (
              <Grid.Col span={12}>
                <Tasks uid={uid} />
              </Grid.Col>
            )}
            <Grid.Col span={12}>
              <JimersByState experience={experience} />
            </Grid.Col>
          </Grid>
        )}
      </Loaded>
    </Page>
  );
}

function Lead({ experience }: { experience: Experience }) {
  const { uid, type, status, tags, workspace } = experience;
  const { several, workspace: chosen } = useWorkspace();
  return (
    <Group gap="sm" mt={6}>
      <TypeLabel type={type} />
      <StatusBadge status={status} />
      <Why of="its status" to={experienceEvidenceLink({ uid, workspace: chosen })} />
      <Tags tags={tags} />
      {several && (
        <Badge variant="default" size="sm" tt="none" fw={500}>
          <Text span inherit c="dimmed">
            workspace
          </Text>{' '}
          {workspace}
        </Badge>
      )}
    </Group>
  );
}
