import { useCallback, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';

export interface Filters {
  readonly workspace: string | null;
  readonly project: string | null;
  readonly tag: string | null;
  readonly assignee: string | null;
  readonly q: string | null;
  /** Whether items that were merged into another are hidden, shown alone, or shown among the others. */
  readonly merged: 'hidden' | 'only' | 'all';
}
export type TextFilter = 'workspace' | 'project' | 'tag' | 'assignee' | 'q';

const TEXTS: readonly TextFilter[] = ['workspace', 'project', 'tag', 'assignee', 'q'];
const MERGED: readonly Filters['merged'][] = ['hidden', 'only', 'all'];

/** Addresses are shared and logged, so anything that looks like an e-mail address stays out of them. */
const isPersonal = (value: string): boolean => value.includes('@');

/** The filters: from the address, and personal ones from memory. */
export function useFilters(): {
  readonly filters: Filters;
  /** `typing` replaces the history entry, so that Back skips the keystrokes. */
  readonly setFilter: (name: TextFilter | 'merged', value: string | null, typing?: boolean) => void;
  readonly clear: () => void;
} {
  const [params, setParams] = useSearchParams();
  const [personal, setPersonal] = useState<Partial<Record<TextFilter, string | undefined>>>({});
  const filters = useMemo<Filters>(() => {
    const texts = Object.fromEntries(
      TEXTS.map((name) => [name, params.get(name) ?? personal[name] ?? null]),
    ) as Record<TextFilter, string | null>;
    return { ...texts, merged: MERGED.find((one) => one === params.get('merged')) ?? 'hidden' };
  }, [params, personal]);

  const setFilter = useCallback(
    (name: TextFilter | 'merged', value: string | null, typing = false) => {
      const kept = value === null || value === '' || (name === 'merged' && value === 'hidden') ? null : value;
      if (name !== 'merged')
        setPersonal((old) => ({ ...old, [name]: kept !== null && isPersonal(kept) ? kept : undefined }));
      setParams(
        (old) => {
          const next = new URLSearchParams(old);
          if (kept === null || isPersonal(kept)) next.delete(name);
          else next.set(name, kept);
          return next;
        },
        { replace: typing },
      );
    },
    [setParams],
  );

  const clear = useCallback(() => {
    setPersonal({});
    setParams((old) => {
      const workspace = old.get('workspace');
      return workspace === null ? {} : { workspace };
    });
  }, [setParams]);

  return { filters, setFilter, clear };
}

/** The filters as parameters of the API's list. */
export const asQuery = ({ workspace, project, tag, assignee, q, merged }: Filters) => ({
  ...(workspace !== null && { workspace }),
  ...(project !== null && { projectUid: project }),
  ...(tag !== null && { tag }),
  ...(assignee !== null && { assignee }),
  ...(q !== null && { q }),
  ...(merged !== 'all' && { merged: merged === 'only' }),
});

export const isFiltered = ({ project, tag, assignee, q, merged }: Filters): boolean =>
  [project, tag, assignee, q].some((value) => value !== null) || merged !== 'hidden';
