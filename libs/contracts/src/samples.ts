import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export const CONSUMING = 'docs/consuming.md';

/** `<!-- path -->`, and the code block that follows it when there is one already. */
const SAMPLE = /<!-- (examples\/\S+) -->\n(?:\n```\w+\n[\s\S]*?\n```\n)?/g;
const LANGUAGES: Readonly<Record<string, string>> = { '.ts': 'ts', '.java': 'java', '.py': 'python' };

/**
 * A page with the files that it names put into it, so that what a reader copies is what the tests run.
 *
 * @param root the checkout
 */
export function withSamples(root: string, page: string): string {
  return page.replaceAll(SAMPLE, (_block, path: string) => {
    const code = readFileSync(join(root, path), 'utf8').trimEnd();
    return `<!-- ${path} -->\n\n\`\`\`${LANGUAGES[extname(path)] ?? ''}\n${code}\n\`\`\`\n`;
  });
}
