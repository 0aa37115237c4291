import { answered } from '@app/client';
import { useQuery } from '@tanstack/react-query';
import { useSession, type Schemas } from '../session/session';

export type Projection = Schemas['ProjectionDto'];
export type Job = Schemas['JobDto'];

/** A projection that this version of the API declares. */
export type ProjectionName = NonNullable<Schemas['ReplayDto']['projection']>;

/** In the order in which people choose from them; one that is missing does not compile. */
export const WHAT_FOR: Readonly<Record<ProjectionName, string>> = {
  journeys: 'What each jimer saw, started, finished; funnels',
  surveys: 'Answers to surveys, and their distributions',
  experiences: 'Tours, surveys and the like, and their lives',
  jimers: 'Who your users are',
  feedback: 'The backlog and its triage',
  'set-aside': 'What the gateway could not place',
};

export const isProjectionName = (name: string | null): name is ProjectionName =>
  name !== null && Object.hasOwn(WHAT_FOR, name);

export const isUnderWay = (job: Job | null): boolean => job?.state === 'queued' || job?.state === 'running';

const CALM_MS = 5_000;
const BUSY_MS = 1_000;

/** How every projection stands; asked for more often while something is done to one. */
export function useProjections() {
  const { api } = useSession();
  return useQuery({
    queryKey: ['projections'],
    queryFn: async ({ signal }) => (await answered(api.GET('v1/projections', { signal }))).items,
    refetchInterval: ({ state }) =>
      state.data?.some(({ rebuild, verification }) => isUnderWay(rebuild) || isUnderWay(verification))
        ? BUSY_MS
        : CALM_MS,
  });
}

const VERDICTS = ['clean', 'differs', 'indeterminate'] as const;

/** What a comparison with the log found; null without one. */
export function verdictOf(verification: Job): (typeof VERDICTS)[number] | null {
  return VERDICTS.find((verdict) => verdict === verification.outcome?.['outcome']) ?? null;
}
