/** How long a name may be: some lines of a phone. Names are whatever their makers wrote, whole pages of text included. */
const NAME = 140;

/** A text as a name: one line, with an ellipsis where it was cut; empty when there is nothing in it to be read. */
export function short(text: string, most = NAME): string {
  // By characters, not by UTF-16 units: half of an emoji is none.
  const characters = [...text.replace(/\s+/g, ' ').trim()];
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}
