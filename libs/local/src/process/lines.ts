import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** The maximum length of a line: a program that writes no line breaks must not fill memory and logs. */
export const LONGEST_LINE = 64 * 1024;

/**
 * Calls `onLine` for each line of a stream, and at its end for the rest after the last line break. Longer lines are
 * truncated, with the number of omitted characters.
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
  // A broken stream has no further lines; the end of its process is reported by its exit.
  stream.on('error', () => undefined);
}
