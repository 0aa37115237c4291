import { Page } from '../../layout/page';

export function ExperiencePage() {
  return <Page title="Experience">{null}</Page>;
}
