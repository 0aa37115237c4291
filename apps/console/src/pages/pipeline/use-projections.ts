import { answered } from '@app/client';
import { useQuery } from '@tanstack/react-query';
import { useSession, type Schemas } from '../../session/session';

export type Projection = Schemas['ProjectionDto'];
export type Job = Schemas['JobDto'];

export const isUnderWay = (job: Job | null): boolean => job?.state === 'queued' || job?.state === 'running';

const CALM_MS = 5_000;
const BUSY_MS = 1_000;

/** How every projection stands; asked for more often while something is done to one. */
export function useProjections() {
  const { api } = useSession();
  return useQuery({
    queryKey: ['projections'],
    queryFn: async ({ signal }) => (await answered(api.GET('/v1/projections', { signal }))).items,
    refetchInterval: ({ state }) =>
      state.data?.some(({ rebuild, verification }) => isUnderWay(rebuild) || isUnderWay(verification))
        ? BUSY_MS
        : CALM_MS,
  });
}

/** What is wrong with a projection, in words; null when nothing is. */
export function troubleOf(projection: Projection): string | null {
  if (projection.trouble) return projection.trouble;
  if (projection.state === 'stopped') return 'It has stopped. The log of its projector says why.';
  if (!projection.accountsAddUp) return 'Its accounts do not add up: verify it, and report what is found.';
  if (projection.verification?.state === 'succeeded' && verdictOf(projection.verification) === 'differs')
    return 'It is not what the log says. Rebuild it, and report what was found.';
  return null;
}

export function verdictOf(verification: Job): string | null {
  const verdict = verification.outcome?.['outcome'];
  return typeof verdict === 'string' ? verdict : null;
}
