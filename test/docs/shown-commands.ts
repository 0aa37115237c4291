import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TOOLS =
  /^(?:[A-Z_]+=\S+ )*(?:position=\$\()?(?:npm|npx|docker|curl|kcat|promtool|python3?|psql|node|kubectl|apt-get|java|mvn|dbt|pip|openssl|ops|git|kafka-[a-z]+\.sh) (?=\S)|^export [A-Z_]+=/;

const COMMENT = / +# .*$/;

export interface ShownCommand {
  readonly page: string;
  /** In one line, without the comment behind it. */
  readonly command: string;
}

/** What README and docs show as something to type into a shell: in blocks, and in backquotes. */
export function shownCommands(root: string): ShownCommand[] {
  return ['README.md', ...globSync('docs/*.md', { cwd: root })].flatMap((page) =>
    piecesOf(readFileSync(join(root, page), 'utf8'))
      .map((piece) => piece.replace(COMMENT, '').replace(/\s+/g, ' ').trim())
      .filter((piece) => TOOLS.test(piece))
      .map((command) => ({ page, command })),
  );
}

function piecesOf(markdown: string): string[] {
  const pieces: string[] = [];
  const block: string[] = [];
  let isFence = false;
  for (const line of markdown.split('\n')) {
    if (/^\s*```/.test(line)) isFence = !isFence;
    else if (isFence || /^ {4}/.test(line)) block.push(line.trim());
    else {
      pieces.push(...[...line.matchAll(/`([^`]+)`/g)].map(([, code]) => code!));
      continue;
    }
    const joined = joinedIn(block);
    if (joined !== undefined) pieces.push(joined);
  }
  return pieces;
}

/** Takes the command that these lines make, once it goes on in no further line. */
function joinedIn(lines: string[]): string | undefined {
  const last = lines.at(-1);
  if (last === undefined) return undefined;
  const text = lines.map((line) => line.replace(COMMENT, '').replace(/\\$/, '')).join(' ');
  const isOpen = last.endsWith('\\') || (TOOLS.test(text) && (text.match(/'/g) ?? []).length % 2 === 1);
  if (isOpen && lines.length < 12) return undefined;
  lines.length = 0;
  return text;
}
