import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Characters of a line that are kept: a program that writes no line break must not fill memory and logs. */
export const LONGEST_LINE = 64 * 1024;

/**
 * Calls `onLine` for each line of a stream, and for what follows the last line break when it ends. Of a longer line
 * its beginning is given, with the number of characters that were left out.
 */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let line = '';
  let leftOut = 0;
  const take = (text: string) => {
    const room = LONGEST_LINE - line.length;
    line += text.length > room ? text.slice(0, room) : text;
    leftOut += Math.max(text.length - room, 0);
  };
  const end = () => {
    const whole = leftOut === 0 ? line.replace(/\r$/, '') : `${line}… (${leftOut} more characters)`;
    line = '';
    leftOut = 0;
    onLine(whole);
  };
  stream.on('data', (chunk: Buffer) => {
    const [first = '', ...rest] = decoder.write(chunk).split('\n');
    take(first);
    for (const text of rest) {
      end();
      take(text);
    }
  });
  stream.once('end', () => {
    if (line !== '') end();
  });
  // A stream that breaks has no further lines; the process behind it is told of by its exit.
  stream.on('error', () => undefined);
}
