import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = resolve(import.meta.dirname, '..');
const electronFile = (name: string): string => resolve(root, 'electron', name);

/**
 * The desktop host as files that Electron runs: three modules, and the preload as the one CommonJS file a sandbox takes. Every
 * package is built in, so that the installed program has no node_modules.
 */
export default defineConfig({
  root,
  cacheDir: resolve(root, 'node_modules/.cache/vite-electron'),
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    outDir: resolve(root, 'dist/electron'),
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: {
        main: electronFile('main.ts'),
        console: electronFile('console.ts'),
        rehearsal: resolve(root, 'shared/rehearsal/main.ts'),
      },
      external: [/^electron(\/|$)/],
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'shared-[hash].js' },
    },
  },
});
