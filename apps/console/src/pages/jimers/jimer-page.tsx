import { Page } from '../../layout/page';

export function JimerPage() {
  return <Page title="Jimer">{null}</Page>;
}
