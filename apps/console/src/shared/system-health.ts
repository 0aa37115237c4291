import { answered } from '@app/client';
import { useQuery } from '@tanstack/react-query';
import { useSession, type Schemas } from '../session/session';

export type SystemHealth = Schemas['SystemHealthDto'];
export type HealthPart = SystemHealth['parts'][number];
export type Finding = HealthPart['findings'][number];

const EVERY_MS = 5_000;

/** The API's judgement of the whole system, to which the console adds nothing. */
export function useHealth() {
  const { api } = useSession();
  return useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => answered(api.GET('v1/health', { signal })),
    refetchInterval: EVERY_MS,
  });
}

export const findingsOf = ({ parts }: SystemHealth): readonly Finding[] =>
  parts.flatMap(({ findings }) => findings);

export const unknownOf = ({ parts }: SystemHealth): readonly string[] =>
  parts.flatMap(({ unknown }) => unknown);

/** The findings about one projection. */
export const findingsAbout = ({ parts }: SystemHealth, projection: string): readonly Finding[] =>
  parts
    .filter(({ name }) => name === 'projections' || name === 'verification')
    .flatMap(({ findings }) => findings)
    .filter(({ about }) => about === projection);

/** The arrival of the last event in any workspace; null if there is none or it is unknown. */
export function lastEventOf({ workspaces }: SystemHealth): string | null {
  const times = (workspaces ?? []).flatMap(({ lastEventAt }) => lastEventAt ?? []);
  return times.toSorted().at(-1) ?? null;
}
