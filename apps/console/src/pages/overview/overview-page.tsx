import { Page } from '../../layout/page';

export function OverviewPage() {
  return <Page title="Overview">{null}</Page>;
}
