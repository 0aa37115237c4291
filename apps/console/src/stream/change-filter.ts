import type { components } from '@app/client';

export type Change = components['schemas']['ChangeDto'];

/** A subscription to changes; an absent member matches any value. */
export interface ChangeFilter {
  readonly kind?: Change['kind'];
  readonly jimerUid?: string;
  readonly experienceUid?: string;
  readonly workspace?: string;
}

const same = (wanted: string | undefined, is: string | null): boolean =>
  wanted === undefined || wanted.toLowerCase() === is?.toLowerCase();

export const matches = (filter: ChangeFilter, change: Change): boolean =>
  (filter.kind === undefined || filter.kind === change.kind) &&
  (filter.workspace === undefined || filter.workspace === change.workspace) &&
  same(filter.jimerUid, change.jimerUid) &&
  same(filter.experienceUid, change.experienceUid);

/** The query of the narrowest stream that covers all of the filters. */
export function covering(filters: readonly ChangeFilter[]): string {
  const query = new URLSearchParams();
  const kinds = new Set(filters.map(({ kind }) => kind));
  if (!kinds.has(undefined)) query.set('kind', [...kinds].sort().join(','));
  for (const name of ['workspace', 'jimerUid', 'experienceUid'] as const) {
    const [value, ...others] = new Set(filters.map((filter) => filter[name]));
    if (value !== undefined && others.length === 0) query.set(name, value);
  }
  return query.toString();
}
