import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSamples } from './samples';

const ROOT = join(__dirname, '../../../..');
const CODE = /^```(?:ts|tsx|typescript|js|javascript|java|python|py)$/gm;
/** A new file of a recipe is built by `test/declared-once`. */
const MARKER = /^<!-- (?:sample|new file): /gm;
const pageAt = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const PAGES = globSync(['*.md', '{apps,bench,docs,examples,libs}/**/*.md'], {
  cwd: ROOT,
  exclude: (path) => path.includes('node_modules'),
}).filter((path) => pageAt(path).search(CODE) >= 0 || pageAt(path).search(MARKER) >= 0);

describe('the code in the documentation', () => {
  it.each(PAGES)('is what the tests run (WRITE_SAMPLES=1 to renew it): %s', (path) => {
    const page = pageAt(path);
    const renewed = withSamples(ROOT, page);
    if (process.env['WRITE_SAMPLES']) return writeFileSync(join(ROOT, path), renewed);
    expect(page).toBe(renewed);
    // No block is without a marker.
    expect(page.match(CODE)?.length).toBe(page.match(MARKER)?.length);
  });

  it('names regions that there are', () => {
    expect(() => withSamples(ROOT, '<!-- sample: libs/client/src/readme.spec.ts#nonsense -->\n')).toThrow(
      'libs/client/src/readme.spec.ts has no region nonsense',
    );
  });
});
