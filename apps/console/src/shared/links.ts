/** Links within the console. They carry the workspace, because a uid may exist in several. */

export function within(
  path: string,
  workspace: string | null | undefined,
  more: Readonly<Record<string, string | null>> = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ workspace, ...more })) if (value) query.set(name, value);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

export interface Located {
  readonly uid: string;
  readonly workspace?: string | null;
}

export const experienceLink = ({ uid, workspace }: Located): string =>
  within(`/experiences/${encodeURIComponent(uid)}`, workspace);
export const jimerLink = ({ uid, workspace }: Located): string =>
  within(`/jimers/${encodeURIComponent(uid)}`, workspace);
export const feedbackLink = ({ uid, workspace }: Located): string =>
  within(`/feedback/${encodeURIComponent(uid)}`, workspace);

/** The event log with these filters, as the API names them. */
export function logLink(filters: Readonly<Record<string, string | null | undefined>>): string {
  const given = Object.entries(filters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return `/log?${new URLSearchParams(given)}`;
}
