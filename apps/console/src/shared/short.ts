/** The maximum length of a name: a few lines on a phone. Received names may be whole pages of text. */
const NAME = 140;

/** Shortens a text to one line, with an ellipsis if it was cut; empty if it contains only white space. */
export function short(text: string, most = NAME): string {
  // By code points, not by UTF-16 units, which could cut an emoji in half.
  const characters = [...text.replace(/\s+/g, ' ').trim()];
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}
