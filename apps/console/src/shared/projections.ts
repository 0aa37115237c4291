import { answered, PROJECTIONS } from '@app/client';
import { useQuery } from '@tanstack/react-query';
import { useSession, type Schemas } from '../session/session';

export type Projection = Schemas['ProjectionDto'];
export type Job = Schemas['JobDto'];

/** A projection that this version of the API declares. */
export const isProjectionName = (name: string | null): name is keyof typeof PROJECTIONS =>
  name !== null && Object.hasOwn(PROJECTIONS, name);

export const isUnderWay = (job: Job | null): boolean => job?.state === 'queued' || job?.state === 'running';

const CALM_MS = 5_000;
const BUSY_MS = 1_000;

/** The status of every projection, polled more often while a job runs. */
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

/** The verdict of a verification; null if it has none. */
export function verdictOf(verification: Job): (typeof VERDICTS)[number] | null {
  return VERDICTS.find((verdict) => verdict === verification.outcome?.['outcome']) ?? null;
}
