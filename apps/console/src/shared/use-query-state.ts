import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { useSession } from '../session/session';

export type QueryChange = Readonly<Record<string, string | null>>;

/**
 * The query of the page's address, which holds its filters and tabs. `set` changes some parameters (null removes one);
 * `replace` is for changes on every keystroke, so that Back skips them.
 */
export function useQueryState() {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (change: QueryChange, { replace = false } = {}) =>
      setParams(
        () => {
          // Read the current address, not the last rendered one: two fields may change before the next render.
          const next = new URLSearchParams(window.location.search);
          for (const [name, value] of Object.entries(change))
            if (value === null || value === '') next.delete(name);
            else next.set(name, value);
          return next;
        },
        { replace, preventScrollReset: true },
      ),
    [setParams],
  );
  const get = useCallback((name: string) => params.get(name), [params]);
  /** The parameter if it is one of these values, otherwise the first value. */
  const oneOf = <T extends string>(name: string, values: readonly [T, ...T[]]): T =>
    values.find((value) => value === params.get(name)) ?? values[0];
  return { get, set, oneOf };
}

/**
 * The workspace of the page from its address, `ofWorkspace` to spread into the API's query, and `several`: whether the page
 * may show several workspaces, so that each item must name its own.
 */
export function useWorkspace() {
  const { access } = useSession();
  const [params] = useSearchParams();
  const workspace = params.get('workspace') || null;
  return {
    workspace,
    ofWorkspace: workspace === null ? {} : { workspace },
    several: access.workspace === null && workspace === null,
  };
}
