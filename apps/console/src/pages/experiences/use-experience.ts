import { answered } from '@app/client';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useList } from '../../api/use-list';
import { useSession } from '../../session/session';
import { useWorkspace } from '../../shared/use-query-state';
import { useChanges, type Liveness } from '../../stream/use-changes';
import type { Range } from './range';

/** The key prefix of every query about one experience, so that a change invalidates all of them. */
export function useExperienceKey(uid: string) {
  const { workspace } = useWorkspace();
  return ['experience', uid, workspace] as const;
}

export function useExperience(uid: string) {
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  return useQuery({
    queryKey: [...useExperienceKey(uid), 'snapshot'],
    queryFn: ({ signal }) =>
      answered(api.GET('v1/experiences/{uid}', { params: { path: { uid }, query: ofWorkspace }, signal })),
  });
}

export function useHistory(uid: string) {
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  return useList([...useExperienceKey(uid), 'history'], (next, signal) =>
    answered(
      api.GET('v1/experiences/{uid}/history', {
        params: { path: { uid }, query: { ...ofWorkspace, limit: 200, ...next } },
        signal,
      }),
    ),
  );
}

export function useFunnel(uid: string, range: Range) {
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  return useQuery({
    queryKey: [...useExperienceKey(uid), 'funnel', range],
    queryFn: ({ signal }) =>
      answered(
        api.GET('v1/experiences/{uid}/funnel', {
          params: { path: { uid }, query: { ...ofWorkspace, ...range } },
          signal,
        }),
      ),
    // The old range stays visible until the new one has loaded, so that the layout does not jump.
    placeholderData: keepPreviousData,
  });
}

export function useJimersByState(uid: string) {
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  return useQuery({
    queryKey: [...useExperienceKey(uid), 'jimers', 'summary'],
    queryFn: ({ signal }) =>
      answered(
        api.GET('v1/experiences/{uid}/jimers/summary', {
          params: { path: { uid }, query: ofWorkspace },
          signal,
        }),
      ),
  });
}

/** Bursts of events cause one reload: figures refresh at most every two seconds. */
const PACE_MS = 2_000;

/** Reloads all data of the experience when an event about it arrives. */
export function useFollowed(uid: string): Liveness {
  const queries = useQueryClient();
  const { ofWorkspace } = useWorkspace();
  const key = useExperienceKey(uid);
  const pending = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const readAt = useRef(0);
  useEffect(() => () => clearTimeout(pending.current), [uid]);
  return useChanges({ experienceUid: uid, ...ofWorkspace }, () => {
    if (pending.current !== undefined) return;
    const wait = Math.max(0, readAt.current + PACE_MS - Date.now());
    pending.current = setTimeout(() => {
      pending.current = undefined;
      readAt.current = Date.now();
      void queries.invalidateQueries({ queryKey: key });
    }, wait);
  });
}
