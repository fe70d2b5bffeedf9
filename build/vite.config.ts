import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = resolve(import.meta.dirname, '..');

/** The renderer's build: static files that either host serves as they are, but for the nonce of each response. */
export default defineConfig({
  root: resolve(root, 'renderer'),
  base: '/',
  cacheDir: resolve(root, 'node_modules/.cache/vite'),
  plugins: [react()],
  // Both hosts put a fresh nonce here on every response (shared/node/pagePolicy.ts).
  html: { cspNonce: '__PODIUM_NONCE__' },
  worker: { format: 'es' },
  build: {
    outDir: resolve(root, 'dist/renderer'),
    emptyOutDir: true,
    // Fonts and pictures stay files of their own: `font-src 'self'` has no room for data: addresses.
    assetsInlineLimit: 0,
    // The polyfill is an inline script, which the page's policy refuses.
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 2_000,
  },
});
