import { Grid } from '@mantine/core';
import { Page } from '../../layout/page';
import { Health } from '../../shared/health';
import { Activity } from './activity';
import { Backlog } from './backlog';
import { MostUsed } from './most-used';
import { Today } from './today';

export function OverviewPage() {
  return (
    <Page title="Overview" lead="What your users do in Jimo’s tours, surveys and checklists, as it happens.">
      <Health />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Activity />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Backlog />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <MostUsed />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Today />
        </Grid.Col>
      </Grid>
    </Page>
  );
}
