import { isUtf8 } from 'node:buffer';
import { visit } from 'jsonc-parser';

/** Where bytes stop being JSON. */
export interface Break {
  /** Offset of the first byte that cannot stand there, from 0. */
  readonly byte: number;
  /** Index, from 0, of the element that it is in, if the text is an array. */
  readonly element: number;
}

/** Thrown to end a visit: jsonc-parser would go on after the first error. */
class Found extends Error {
  constructor(readonly offset: number) {
    super();
  }
}

/**
 * JSON.parse says where a text breaks by quoting what is around it, which may hold personal data, and often without an
 * offset.
 *
 * @returns undefined when it cannot be told, as in a text that is nested too deep
 */
export function breakOf(bytes: Buffer): Break | undefined {
  if (!isUtf8(bytes)) return { byte: notUtf8At(bytes), element: 0 };
  const text = bytes.toString('utf8');
  let depth = 0;
  let element = 0;
  const deeper = (): void => void depth++;
  const shallower = (): void => void depth--;
  try {
    visit(
      text,
      {
        onObjectBegin: deeper,
        onArrayBegin: deeper,
        onObjectEnd: shallower,
        onArrayEnd: shallower,
        onSeparator: (character) => {
          if (character === ',' && depth === 1) element++;
        },
        onError: (_code, offset) => {
          throw new Found(offset);
        },
      },
      { disallowComments: true },
    );
  } catch (error) {
    if (error instanceof Found) return { byte: Buffer.byteLength(text.slice(0, error.offset)), element };
  }
  return undefined;
}

const REPLACEMENT = '\ufffd';

/** Up to the first invalid byte the decoded text encodes to the same bytes again. */
function notUtf8At(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  let byte = 0;
  for (let from = 0; ;) {
    const at = text.indexOf(REPLACEMENT, from);
    byte += Buffer.byteLength(text.slice(from, at));
    if (bytes.toString('hex', byte, byte + 3) !== 'efbfbd') return byte;
    byte += 3;
    from = at + 1;
  }
}
