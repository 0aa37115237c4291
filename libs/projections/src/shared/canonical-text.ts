/** From here on characters may change when a text is composed. */
const MAY_COMPOSE = /[^\u0000-\u02ff]/;

/**
 * The text in Unicode's form NFC: canonically equal texts, such as an é of one character and an e with an accent
 * after it, which one keyboard writes and another, become the same.
 */
export function canonicalText(text: string): string {
  return MAY_COMPOSE.test(text) ? text.normalize('NFC') : text;
}
