import { badParameter, Problem } from '@app/platform';
import { withoutCoding } from '../../common/http/etag';

/** The versions that a change may be made on; null is any. Without one, it may be made on none. */
export type Expected = readonly number[] | null;

const MOST_TAGS = 50;

// A proxy that compresses weakens the tag that we gave, or names its coding in it; people write a version bare.
const TAG = /^(?:(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"|(\d+(?:[-;:+]\S*)?))$/;

const VERSION = /^[1-9]\d{0,14}$/;

/**
 * What `If-Match` asks for: `"3"`, also as `W/"3"`, `3` or `"3-gzip"`, several separated by commas, or `*`. Any other tag that
 * RFC 9110 knows is of no version: no item has it.
 *
 * @throws {Problem} 428 without the header, 400 naming it when it is none of these
 */
export function expectedVersions(header: string | undefined): Expected {
  if (header === undefined)
    throw new Problem(428, {
      detail: 'If-Match is needed, with the version that the change is based on (the ETag of the item).',
      problems: [{ path: 'If-Match', message: 'is missing' }],
    });
  if (header.trim() === '*') return null;
  const tags = header.split(',', MOST_TAGS + 1);
  const texts = tags.map((tag) => {
    const match = TAG.exec(tag.trim());
    return match?.[1] ?? match?.[2];
  });
  if (tags.length > MOST_TAGS || texts.includes(undefined))
    throw badParameter('If-Match', `must be a version as its ETag says it, such as "3", or *`);
  const versions = texts.map((text) => withoutCoding(text ?? ''));
  return versions.filter((text) => VERSION.test(text)).map(Number);
}

/** @throws {Problem} 412 naming the version that the item has, when a change may not be made on it */
export function assertExpected(expected: Expected, version: number): void {
  if (expected === null || expected.includes(version)) return;
  throw new Problem(412, {
    detail: `The item has version ${version}: another change was faster. Read it, and decide again.`,
    problems: [{ path: 'If-Match', message: `is not ${versionTag(version)}, the version that the item has` }],
    headers: { etag: versionTag(version) },
  });
}

/** The ETag of a version, as `If-Match` takes it. */
export const versionTag = (version: number): string => `"${version}"`;
