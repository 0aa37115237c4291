import { badParameter, notFound } from '@app/platform';

/**
 * The one row of an uid, out of those that the workspaces in reach hold.
 *
 * @param what what the uid should name, for the 404
 * @param by what it was looked for by
 * @throws {Problem} 404 when there is none, 400 naming `workspace` when there are several
 */
export function onlyOne<T>(rows: readonly T[], what: string, by = 'uid'): T {
  const [first] = rows;
  if (first === undefined) throw notFound(`There is no ${what} of this ${by}.`);
  if (rows.length > 1) throw badParameter('workspace', `is needed: several workspaces have this ${what}`);
  return first;
}
