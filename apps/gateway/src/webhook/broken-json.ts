import { isUtf8 } from 'node:buffer';
import { visit } from 'jsonc-parser';

/** The position at which bytes stop being JSON. */
export interface Break {
  /** Offset of the first invalid byte, from 0. */
  readonly byte: number;
  /** If the text is an array, the index of the invalid element, from 0. */
  readonly element: number;
}

/** Thrown to end the visit, because jsonc-parser continues after the first error. */
class Found extends Error {
  constructor(readonly offset: number) {
    super();
  }
}

/**
 * Locates a syntax error. The message of JSON.parse quotes the surrounding text, which may be personal, and often lacks
 * an offset.
 * @returns undefined if the position is unknown, for example because the text is nested too deep
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

/** Up to the first invalid UTF-8 byte, the decoded text encodes to the same bytes again. */
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
