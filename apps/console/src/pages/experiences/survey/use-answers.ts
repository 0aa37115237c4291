import { answered } from '@app/client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useList } from '../../../api/use-list';
import { useSession } from '../../../session/session';
import { useWorkspace } from '../../../shared/use-query-state';
import type { Days, Range } from '../range';
import { useExperienceKey } from '../use-experience';

export type StepAnswers = Awaited<ReturnType<typeof readSteps>>['items'][number];

const readSteps = async (
  api: ReturnType<typeof useSession>['api'],
  uid: string,
  query: Days & { workspace?: string; cursor?: string },
  signal: AbortSignal,
) =>
  answered(
    api.GET('v1/experiences/{uid}/answers', {
      params: { path: { uid }, query: { ...query, limit: 200 } },
      signal,
    }),
  );

/** The results of every step in these days, and the number of responses that began in them. */
export function useSteps(uid: string, days: Days) {
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  return useQuery({
    queryKey: [...useExperienceKey(uid), 'steps', days],
    queryFn: async ({ signal }) => {
      // Surveys have some dozen steps, but one with hundreds must be read to its end too.
      const first = await readSteps(api, uid, { ...ofWorkspace, ...days }, signal);
      const steps = [...first.items];
      for (let cursor = first.nextCursor; cursor !== null;) {
        const page = await readSteps(api, uid, { ...ofWorkspace, ...days, cursor }, signal);
        steps.push(...page.items);
        cursor = page.nextCursor;
      }
      return { responses: first.responses, steps };
    },
    placeholderData: keepPreviousData,
  });
}

export function useStepSeries(uid: string, stepUid: string, range: Range) {
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  return useQuery({
    queryKey: [...useExperienceKey(uid), 'series', stepUid, range],
    queryFn: ({ signal }) =>
      answered(
        api.GET('v1/experiences/{uid}/answers/{stepUid}/series', {
          params: { path: { uid, stepUid }, query: { ...ofWorkspace, ...range } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** The single answers to a step, newest first. */
export function useStepAnswers(uid: string, stepUid: string, days: Days, q: string) {
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  const query = { ...ofWorkspace, ...days, ...(q && { q }) };
  return useList([...useExperienceKey(uid), 'answers', stepUid, query], (next, signal) =>
    answered(
      api.GET('v1/experiences/{uid}/answers/{stepUid}', {
        params: { path: { uid, stepUid }, query: { ...query, limit: 20, ...next } },
        signal,
      }),
    ),
  );
}
