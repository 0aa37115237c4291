import { Page } from '../../layout/page';

export function FeedbackPage() {
  return <Page title="Feedback">{null}</Page>;
}
