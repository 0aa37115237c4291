import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { useSession } from '../session/session';

export type QueryChange = Readonly<Record<string, string | null>>;

/**
 * The query of the page's address, where its filters and tabs live. `set` changes some parameters (null takes one away);
 * `replace` is for what changes with every key, so that "back" goes where the reader expects.
 */
export function useQueryState() {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (change: QueryChange, { replace = false } = {}) =>
      setParams(
        () => {
          // Not what was last drawn: two fields may change before the page is drawn again.
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
  /** The parameter when it is one of these, else the first of them. */
  const oneOf = <T extends string>(name: string, values: readonly [T, ...T[]]): T =>
    values.find((value) => value === params.get(name)) ?? values[0];
  return { get, set, oneOf };
}

/**
 * Of which workspace the page is: `workspace` of the address, to be spread into the API's query, and whether what is shown
 * may be of several, so that each thing must say of which it is.
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
