import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = resolve(import.meta.dirname, '..');

/** The preload script: a sandboxed window loads exactly one CommonJS file and resolves nothing but `electron`. */
export default defineConfig({
  root,
  publicDir: false,
  build: {
    ssr: true,
    outDir: resolve(root, 'dist/electron'),
    emptyOutDir: false,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: { preload: resolve(root, 'electron/preload.ts') },
      external: [/^electron(\/|$)/],
      output: { format: 'cjs', entryFileNames: '[name].cjs' },
    },
  },
});
