import { useSearchParams } from 'react-router';

/** The workspace that the address names (`?workspace=`), for the API's query: `{}` when it names none. */
export function useWorkspace(): { readonly workspace?: string } {
  const [params] = useSearchParams();
  const workspace = params.get('workspace');
  return workspace === null ? {} : { workspace };
}
