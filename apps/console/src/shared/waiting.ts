import { answered } from '@app/client';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '../session/session';

export const SET_ASIDE_KINDS = ['quarantine', 'unrecognized'] as const;
export type SetAsideKind = (typeof SET_ASIDE_KINDS)[number];

const EVERY_MS = 15_000;

/** Of which events that the gateway could not place some wait for a decision. Only an admin is told: the API's rule. */
export function useWaiting(): readonly SetAsideKind[] {
  const { api, can } = useSession();
  const { data } = useQuery({
    queryKey: ['set-aside', 'waiting'],
    queryFn: async ({ signal }) => {
      const found = await Promise.all(
        SET_ASIDE_KINDS.map(async (kind) => {
          const query = { state: 'set-aside', limit: 1 } as const;
          const { items } = await answered(api.GET(`v1/${kind}`, { params: { query }, signal }));
          return items.length > 0 ? [kind] : [];
        }),
      );
      return found.flat();
    },
    refetchInterval: EVERY_MS,
    enabled: can('admin'),
  });
  return data ?? [];
}
