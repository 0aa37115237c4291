import { answered } from '@app/client';
import { useParams } from 'react-router';
import { useSession } from '../../session/session';
import { feedbackLink } from '../../shared/links';
import { titleOf } from '../../shared/request-text';
import { useWorkspace } from '../../shared/use-query-state';
import { WhyPage } from '../evidence/why-page';
import { useItem } from './queries';

export function FeedbackWhy() {
  const { uid = '' } = useParams();
  const { api } = useSession();
  const { workspace, ofWorkspace } = useWorkspace();
  const { data } = useItem({ uid, workspace });
  const title = data ? `“${titleOf(data)}”` : 'this request';
  return (
    <WhyPage
      title={`Why is ${title} ${data?.status ?? 'like this'}?`}
      of={title}
      model="feedback_item"
      back={{ to: feedbackLink({ uid, workspace }), label: data ? titleOf(data) : 'Feedback' }}
      queryKey={['feedback', uid, ofWorkspace]}
      ask={(asked, signal) =>
        answered(
          api.GET('v1/feedback/{uid}/explain', {
            params: { path: { uid }, query: { ...ofWorkspace, ...asked } },
            signal,
          }),
        )
      }
    />
  );
}
