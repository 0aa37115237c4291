import { Page } from '../../layout/page';

export function JimersPage() {
  return <Page title="Jimers">{null}</Page>;
}
