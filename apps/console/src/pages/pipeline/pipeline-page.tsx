import { Page } from '../../layout/page';

export function PipelinePage() {
  return <Page title="Pipeline">{null}</Page>;
}
