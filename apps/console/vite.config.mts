import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { usedStyles } from './used-styles.mts';

const root = import.meta.dirname;
const outDir = join(root, '../../dist/console');

/** Writes `.br` and `.gz` beside each asset once, so that the server never compresses anything. */
const compressed: Plugin = {
  name: 'compressed-assets',
  apply: 'build',
  closeBundle() {
    const assets = join(outDir, 'assets');
    for (const file of readdirSync(assets)) {
      if (!/\.(?:js|css)$/.test(file)) continue;
      const bytes = readFileSync(join(assets, file));
      writeFileSync(join(assets, `${file}.gz`), gzipSync(bytes, { level: 9 }));
      // The best quality, 11, would save 30 kB and add two seconds to every `npm start`.
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: 9,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      };
      writeFileSync(join(assets, `${file}.br`), brotliCompressSync(bytes, { params }));
    }
  },
};

export default defineConfig({
  root,
  // Below whatever path a proxy serves the console: the page names its files by relative addresses.
  base: './',
  plugins: [usedStyles, compressed],
  resolve: { alias: { '@app/client': join(root, '../../libs/client/src/index.ts') } },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // For older browsers `light-dark()` would be rewritten to what follows a `color-scheme` that Mantine sets elsewhere.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    cssCodeSplit: false,
    // Nothing is inlined as a data URL: the Content-Security-Policy lets images come from here only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2_000,
    modulePreload: false,
    // "use client" means something to servers that render React; here there is none.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
  // `npx vite apps/console`: the pages from here, the API from a running system.
  server: { port: 5173, proxy: { '/v1': process.env['READ_API_URL'] ?? 'http://127.0.0.1:3001' } },
});
