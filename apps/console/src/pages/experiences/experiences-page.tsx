import { Page } from '../../layout/page';

export function ExperiencesPage() {
  return <Page title="Experiences">{null}</Page>;
}
