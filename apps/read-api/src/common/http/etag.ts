import { hash } from 'node:crypto';

/** A strong entity tag (RFC 9110, 8.8.3) of an answer's JSON text. */
export function etagOf(json: string): string {
  return `"${hash('sha256', json, 'base64url').slice(0, 27)}"`;
}

/** What proxies that compress append to a tag: Apache and Caddy `-gzip`, Jetty `--gzip`, others `;gzip` or `:br`. */
const CODING = /[-;:+]{1,2}(?:x-)?(?:gzip|gz|br|brotli|zstd|deflate)$/i;

/** The opaque text of a tag as it was before a proxy named its coding in it. */
export function withoutCoding(tag: string): string {
  return tag.replace(CODING, '');
}

/** Whether `If-None-Match` names the tag, by weak comparison (RFC 9110, 13.1.2), also as a proxy has changed it. */
export function isKnownTag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const tags: readonly string[] = ifNoneMatch.match(/"[^"]*"/g) ?? [];
  return tags.some((tag) => tag === etag || `"${withoutCoding(tag.slice(1, -1))}"` === etag);
}
