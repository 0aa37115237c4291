/** Characters around a pasted path: white space, quotes and punctuation, plain or percent-encoded. */
const PASTED =
  /^(?:\/|%20|%09|%0[ad]|%c2%a0|%e2%80%8b|%ef%bb%bf)+|(?:[/.,;'"<>]|%20|%09|%0[ad]|%22|%3c|%3e|%c2%a0|%e2%80%8b|%ef%bb%bf)+$/gi;

/**
 * Normalizes the path of a webhook's URL: removes surrounding characters, and converts it to lower case. Deliveries to
 * an unknown path are lost after eleven days, and no two paths of the gateway differ only in this.
 * @param url the URL with its query, which is not changed
 */
export function meantAddress(url: string): string {
  // A proxy may send an absolute URL, which is not a path.
  if (!url.startsWith('/')) return url;
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  return `/${path.replace(PASTED, '').toLowerCase()}${url.slice(path.length)}`;
}
