/**
 * For `params.header`: the answer has seen what was written at these positions, as the gateway or a command gave
 * them. Null or undefined ones are left out.
 */
export function readAfter(...positions: readonly (string | null | undefined)[]): { 'Read-After'?: string } {
  const known = positions.filter((position) => typeof position === 'string');
  return known.length === 0 ? {} : { 'Read-After': known.join(',') };
}

/** For `params.header`: only while the item is still of this version (or has this tag), else 412. */
export function ifMatch(version: number | string): { 'If-Match': string } {
  return { 'If-Match': typeof version === 'number' ? `"${version}"` : version };
}

/** For `params.header`: the body only when it is no longer the one that had this tag; see `tagged`. */
export function ifNoneMatch(etag: string | null | undefined): { 'If-None-Match'?: string } {
  return etag ? { 'If-None-Match': etag } : {};
}
