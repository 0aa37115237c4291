import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** `<!-- sample: path -->` or `<!-- sample: path#region,region -->`, and the code block that follows it when there is one already. */
const SAMPLE = /<!-- sample: ([^\s#]+)(?:#(\S+))? -->\n(?:\n```\w+\n[\s\S]*?\n```\n)?/g;
const LANGUAGES: Readonly<Record<string, string>> = { '.ts': 'ts', '.java': 'java', '.py': 'python' };

/**
 * A page with the code that it names put into it, so that what a reader copies is what the tests run.
 *
 * @param root the checkout
 * @throws {Error} when a file has no region of that name
 */
export function withSamples(root: string, page: string): string {
  return page.replaceAll(SAMPLE, (_block, path: string, regions?: string) => {
    const file = readFileSync(join(root, path), 'utf8');
    const names = regions?.split(',') ?? [];
    const code = regions ? names.map((name) => regionOf(file, path, name)).join('\n\n') : file.trimEnd();
    const marker = `sample: ${path}${regions ? `#${regions}` : ''}`;
    return `<!-- ${marker} -->\n\n\`\`\`${LANGUAGES[extname(path)] ?? ''}\n${code}\n\`\`\`\n`;
  });
}

/** The lines between `// #region name` and `// #endregion`, moved to the left. */
function regionOf(file: string, path: string, name: string): string {
  const lines = file.split('\n');
  const start = lines.findIndex((line) => line.trim() === `// #region ${name}`);
  if (start < 0) throw new Error(`${path} has no region ${name}`);
  const end = lines.findIndex((line, i) => i > start && line.trim() === '// #endregion');
  const region = lines.slice(start + 1, end);
  const indents = region.filter((line) => line !== '').map((line) => line.search(/\S/));
  return region.map((line) => line.slice(Math.min(...indents))).join('\n');
}
