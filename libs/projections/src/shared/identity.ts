/**
 * As long as an identify token may be that is kept and can be asked for. A longer one identifies nobody: no address
 * would hold it.
 */
export const LONGEST_TOKEN = 16_000;

/**
 * What a page sends for a visitor whom it does not know: the text of a value that is none, or the name of the field
 * itself. Thousands share each of them. In lower case; numbers, templates and quotes are recognized by their form.
 */
const PLACEHOLDERS = new Set([
  ...['', '-', '--', '?', 'undefined', 'null', 'nil', 'none', 'nan', 'void', 'n/a', 'infinity', '-infinity'],
  ...['true', 'false', 'unknown', 'unset', 'not set', 'not_set', 'empty', 'default', 'blank', '{}', '[]'],
  ...['anonymous', 'anon', 'guest', 'visitor', 'not_authenticated', 'unauthenticated', 'not logged in'],
  ...['id', 'uid', 'user', 'userid', 'user_id', 'user-id', 'user.id', 'distinct_id', 'distinctid', 'email'],
]);

/** White space of any kind, and what is invisible although it is none. */
const INVISIBLE = /[\s\u00ad\u180e\u200b-\u200f\u2060\ufeff]+/g;
/** Quotes, or brackets, that are put around a value. */
const WRAPPED = /^(?:"(.*)"|'(.*)'|`(.*)`|<(.*)>|\((.*)\)|\[(?!object )(.*)\])$/;
const FORMS = [
  /^\[object [a-z]*\]$/,
  // Zero, however it is written, -1, and the UUID of zeros.
  /^[-+]?0+(?:[.,]0*)?(?:e[-+]?\d+)?$/,
  /^-1$/,
  /^0[0-]*0$/,
  // A template that nobody filled in.
  /^(?:\{\{.*\}\}|\$\{.*\}|<%.*%>|%[a-z_.-]+%)$/,
];

/** Whether a text is somebody's own: an identify token or an address, and no placeholder that many share. */
export function identifies(text: string): boolean {
  if (text.length > LONGEST_TOKEN) return false;
  // Placeholders are short: nothing else is folded.
  if (text.length > 200 && text.trim() !== '') return true;
  let bare = text.normalize('NFKC').replace(INVISIBLE, ' ').trim().toLowerCase();
  for (;;) {
    if (PLACEHOLDERS.has(bare) || FORMS.some((form) => form.test(bare))) return false;
    const inner = WRAPPED.exec(bare)
      ?.slice(1)
      .find((part) => part !== undefined);
    if (inner === undefined) return true;
    bare = inner.trim();
  }
}

/** The text where it identifies somebody; null for a placeholder, as for somebody anonymous. */
export function identityOf(text: string | null | undefined): string | null | undefined {
  return typeof text === 'string' && !identifies(text) ? null : text;
}
