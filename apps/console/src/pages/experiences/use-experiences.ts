import { answered } from '@app/client';
import { useEffect } from 'react';
import { useList } from '../../api/use-list';
import { useSession } from '../../session/session';
import { STATUSES, TYPES, type ExperienceStatus, type ExperienceType } from '../../shared/experience';
import { useQueryState, useWorkspace } from '../../shared/use-query-state';

export interface ExperienceFilters {
  readonly type: ExperienceType | null;
  readonly status: ExperienceStatus | null;
  readonly tag: string | null;
  readonly q: string | null;
}

/** The filters from the address; an unknown type or status is ignored. */
export function useFilters(): ExperienceFilters {
  const { get } = useQueryState();
  return {
    type: TYPES.find((type) => type === get('type')) ?? null,
    status: STATUSES.find(({ status }) => status === get('status'))?.status ?? null,
    tag: get('tag'),
    q: get('q'),
  };
}

/** The filters as parameters of the API's query. */
export const asQuery = (filters: ExperienceFilters) => ({
  ...(filters.type && { type: filters.type }),
  ...(filters.status && { status: filters.status }),
  ...(filters.tag && { tag: filters.tag }),
  ...(filters.q && { q: filters.q }),
});

/** The API lists by uid, which means nothing to a reader, so this many are loaded and sorted here. */
export const SHOWN_AT_ONCE = 1_000;

export function useExperiences(filters: ExperienceFilters) {
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  const query = { ...asQuery(filters), ...ofWorkspace };
  const list = useList(['experiences', query], (next, signal) =>
    answered(api.GET('v1/experiences', { params: { query: { ...query, limit: 200, ...next } }, signal })),
  );
  const { items, more, loadingMore } = list;
  const some = items?.length ?? 0;
  useEffect(() => {
    if (more && !loadingMore && some < SHOWN_AT_ONCE) more();
  }, [more, loadingMore, some]);
  return list;
}
