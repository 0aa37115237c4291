import { answered } from '@app/client';
import { useQuery } from '@tanstack/react-query';
import { useSession, type Schemas } from '../../../session/session';

export type Snapshot = Schemas['SnapshotDto'];

const CALM_MS = 15_000;
const BUSY_MS = 1_500;

/** All snapshots, by name and projection; polled more often while one is being made. */
export function useSnapshots() {
  const { api } = useSession();
  return useQuery({
    queryKey: ['snapshots'],
    queryFn: async ({ signal }) => (await answered(api.GET('v1/snapshots', { signal }))).items,
    refetchInterval: ({ state }) =>
      state.data?.some((snapshot) => snapshot.state === 'building') ? BUSY_MS : CALM_MS,
  });
}
