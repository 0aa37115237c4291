import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';
import { usedStyles } from './used-styles.mts';

const root = import.meta.dirname;
const outDir = join(root, '../../dist/console');

/** Writes `.br` and `.gz` beside each asset at build time, so that the server never compresses. */
const compressed: Plugin = {
  name: 'compressed-assets',
  apply: 'build',
  closeBundle() {
    const assets = join(outDir, 'assets');
    for (const file of readdirSync(assets)) {
      if (!/\.(?:js|css)$/.test(file)) continue;
      const bytes = readFileSync(join(assets, file));
      writeFileSync(join(assets, `${file}.gz`), gzipSync(bytes, { level: 9 }));
      // Quality 11 would save 30 kB but add two seconds to every `npm start`.
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
  // Relative addresses, so that the console works below any path of a proxy.
  base: './',
  plugins: [usedStyles, compressed],
  resolve: { alias: { '@app/client': join(root, '../../libs/client/src/index.ts') } },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    // For older browsers, `light-dark()` would be rewritten to depend on a `color-scheme` that Mantine sets elsewhere.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    cssCodeSplit: false,
    // No data URLs: the Content-Security-Policy allows images from this origin only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2_000,
    modulePreload: false,
    // "use client" matters only for server-side rendering, which is not used.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
  // `npx vite apps/console` serves the pages from the sources and proxies the API of a running system.
  server: { port: 5173, proxy: { '/v1': process.env['READ_API_URL'] ?? 'http://127.0.0.1:3001' } },
});
