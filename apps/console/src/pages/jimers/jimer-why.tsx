import { answered } from '@app/client';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { useSession } from '../../session/session';
import { titleOf } from '../../shared/experience';
import { jimerName } from '../../shared/jimer-name';
import { jimerLink } from '../../shared/links';
import { short } from '../../shared/short';
import { useWorkspace } from '../../shared/use-query-state';
import { WhyPage } from '../evidence/why-page';

/** The name of a user and the link back; without a name until it has loaded. */
function useJimer(uid: string) {
  const { api } = useSession();
  const { workspace, ofWorkspace } = useWorkspace();
  const { data } = useQuery({
    queryKey: ['jimer', uid, 'profile', ofWorkspace],
    queryFn: ({ signal }) =>
      answered(api.GET('v1/jimers/{uid}', { params: { path: { uid }, query: ofWorkspace }, signal })),
  });
  const name = data ? jimerName(data) : 'this user';
  return { name, back: { to: jimerLink({ uid, workspace }), label: data ? name : 'User' } };
}

export function JimerWhy() {
  const { uid = '' } = useParams();
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  const { name, back } = useJimer(uid);
  return (
    <WhyPage
      title={`Why does the profile of ${name} say this?`}
      of={`the profile of ${name}`}
      model="jimer"
      back={back}
      queryKey={['jimer', uid, ofWorkspace]}
      ask={(asked, signal) =>
        answered(
          api.GET('v1/jimers/{uid}/explain', {
            params: { path: { uid }, query: { ...ofWorkspace, ...asked } },
            signal,
          }),
        )
      }
    />
  );
}

export function JourneyWhy() {
  const { uid = '', experienceUid = '' } = useParams();
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  const { name, back } = useJimer(uid);
  const { data } = useQuery({
    queryKey: ['experience', experienceUid, 'snapshot', ofWorkspace],
    queryFn: ({ signal }) =>
      answered(
        api.GET('v1/experiences/{uid}', {
          params: { path: { uid: experienceUid }, query: ofWorkspace },
          signal,
        }),
      ),
  });
  const experience = data ? titleOf(data) : 'this experience';
  return (
    <WhyPage
      title={(row) =>
        typeof row?.['state'] === 'string'
          ? `Why is “${experience}” ${row['state']} for ${name}?`
          : `Why does the journey of ${name} through “${experience}” say this?`
      }
      of={`the journey of ${name} through ${experience}`}
      model="journey"
      back={back}
      queryKey={['jimer', uid, 'journey', experienceUid, ofWorkspace]}
      ask={(asked, signal) =>
        answered(
          api.GET('v1/jimers/{uid}/experiences/{experienceUid}/explain', {
            params: { path: { uid, experienceUid }, query: { ...ofWorkspace, ...asked } },
            signal,
          }),
        )
      }
    />
  );
}

export function TaskWhy() {
  const { uid = '', experienceUid = '', taskUid = '' } = useParams();
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  const { name, back } = useJimer(uid);
  return (
    <WhyPage
      title={(row) => {
        const task = typeof row?.['name'] === 'string' ? `the task “${short(row['name'])}”` : 'this task';
        return typeof row?.['status'] === 'string'
          ? `Why is ${task} ${row['status']} for ${name}?`
          : `Why does ${task} of ${name} say this?`;
      }}
      of={`a task of ${name}`}
      model="task"
      back={back}
      queryKey={['jimer', uid, 'task', experienceUid, taskUid, ofWorkspace]}
      ask={(asked, signal) =>
        answered(
          api.GET('v1/jimers/{uid}/experiences/{experienceUid}/tasks/{taskUid}/explain', {
            params: { path: { uid, experienceUid, taskUid }, query: { ...ofWorkspace, ...asked } },
            signal,
          }),
        )
      }
    />
  );
}

export function AnswerWhy() {
  const { uid = '', experienceUid = '', stepUid = '' } = useParams();
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  const { name, back } = useJimer(uid);
  return (
    <WhyPage
      title={(row) =>
        typeof row?.['stepName'] === 'string'
          ? `Why is this the answer of ${name} to “${short(row['stepName'])}”?`
          : `Why is this the answer of ${name}?`
      }
      of={`an answer of ${name}`}
      model="answer"
      back={back}
      queryKey={['jimer', uid, 'answer', experienceUid, stepUid, ofWorkspace]}
      ask={(asked, signal) =>
        answered(
          api.GET('v1/jimers/{uid}/experiences/{experienceUid}/answers/{stepUid}/explain', {
            params: { path: { uid, experienceUid, stepUid }, query: { ...ofWorkspace, ...asked } },
            signal,
          }),
        )
      }
    />
  );
}
