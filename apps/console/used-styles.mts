import { transform, type Selector } from 'lightningcss';
import type { Plugin } from 'vite';

/** Mantine's class names are hashes that its scripts contain literally and never compose. */
const HASHED = /^m_[0-9a-f]{6,}$/;

/**
 * Removes the rules of unused components. The library has one style sheet for all components, and a class that no script of
 * the bundle names is on no element.
 */
export const usedStyles: Plugin = {
  name: 'used-styles',
  apply: 'build',
  enforce: 'post',
  generateBundle(_options, bundle) {
    const outputs = Object.values(bundle);
    const named = new Set(
      outputs.flatMap((output) =>
        output.type === 'chunk' ? (output.code.match(/\bm_[0-9a-f]{6,}/g) ?? []) : [],
      ),
    );
    const canMatch = (selector: Selector): boolean =>
      selector.every((part) => part.type !== 'class' || !HASHED.test(part.name) || named.has(part.name));
    for (const output of outputs) {
      if (output.type !== 'asset' || !output.fileName.endsWith('.css')) continue;
      const { code } = transform({
        filename: output.fileName,
        code: Buffer.from(output.source),
        minify: true,
        visitor: {
          // Remove a rule as a whole or keep it: a selector that a visitor changed cannot always be read back.
          Rule: { style: (rule) => (rule.value.selectors.some(canMatch) ? undefined : []) },
        },
      });
      output.source = code;
    }
  },
};
