import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';

import { eachLine, LONGEST_LINE } from './lines';

async function linesOf(...chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await finished(stream);
  return lines;
}

describe('the lines of a stream', () => {
  it.each<[string, (string | Buffer)[], string[]]>([
    ['of one chunk', ['a\nb\n'], ['a', 'b']],
    ['across chunks', ['a', 'b\nc', '\n'], ['ab', 'c']],
    ['with a carriage return', ['a\r\nb\r\n'], ['a', 'b']],
    ['that are empty', ['\n\na\n'], ['', '', 'a']],
    ['the last of which does not end', ['a\nb'], ['a', 'b']],
    ['with a character that is cut in two', [Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])], ['é']],
    ['of an empty stream', [], []],
  ])('are given %s', async (_what, chunks, lines) => {
    expect(await linesOf(...chunks)).toEqual(lines);
  });

  it('are cut at their limit, however long they are, and the next one is whole', async () => {
    const chunk = 'x'.repeat(LONGEST_LINE);
    const [long, next] = await linesOf(chunk, chunk, chunk, 'y\nnext\n');
    expect(long).toBe(`${chunk}… (${2 * LONGEST_LINE + 1} more characters)`);
    expect(next).toBe('next');
  });

  it('are whole at exactly the limit', async () => {
    const line = 'x'.repeat(LONGEST_LINE);
    expect(await linesOf(line, '\n')).toEqual([line]);
  });
});
