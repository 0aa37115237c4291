import { answered } from '@app/client';
import { useParams } from 'react-router';
import { useSession } from '../../session/session';
import { titleOf } from '../../shared/experience';
import { experienceLink } from '../../shared/links';
import { useWorkspace } from '../../shared/use-query-state';
import { WhyPage } from '../evidence/why-page';
import { useExperience, useExperienceKey } from './use-experience';

export function ExperienceWhy() {
  const { uid = '' } = useParams();
  const { api } = useSession();
  const { workspace, ofWorkspace } = useWorkspace();
  const { data } = useExperience(uid);
  const title = data ? titleOf(data) : 'this experience';
  return (
    <WhyPage
      title={`Why is “${title}” ${data?.status ?? 'like this'}?`}
      of={title}
      model="experience"
      back={{ to: experienceLink({ uid, workspace }), label: data ? title : 'Experience' }}
      queryKey={useExperienceKey(uid)}
      ask={(asked, signal) =>
        answered(
          api.GET('v1/experiences/{uid}/explain', {
            params: { path: { uid }, query: { ...ofWorkspace, ...asked } },
            signal,
          }),
        )
      }
    />
  );
}
