/** What a pasted path has around it: white space, quotes and punctuation, as they are or percent-encoded. */
const PASTED =
  /^(?:\/|%20|%09|%0[ad]|%c2%a0|%e2%80%8b|%ef%bb%bf)+|(?:[/.,;'"<>]|%20|%09|%0[ad]|%22|%3c|%3e|%c2%a0|%e2%80%8b|%ef%bb%bf)+$/gi;

/**
 * The path of a webhook's URL as it must be meant: without what was typed or pasted along with it, in lower case.
 * Deliveries to a path that does not exist are lost for good after eleven days, and no path of the gateway differs
 * from another in such things alone.
 *
 * @param url with its query, which stays as it is
 */
export function meantAddress(url: string): string {
  // An absolute URL, as a proxy asks with, is no path.
  if (!url.startsWith('/')) return url;
  const end = url.search(/[?#]/);
  const path = end < 0 ? url : url.slice(0, end);
  return `/${path.replace(PASTED, '').toLowerCase()}${url.slice(path.length)}`;
}
