import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = resolve(import.meta.dirname, '..');

export default defineConfig({
  root,
  // A store of its own keeps vitest from reading the renderer's build as test input.
  cacheDir: 'node_modules/.cache/vitest',
  test: {
    environment: 'node',
    include: [
      'build/**/*.test.ts',
      'electron/**/*.test.ts',
      'shared/**/*.test.ts',
      'renderer/**/*.test.{ts,tsx}',
      'test/conformance/**/*.test.ts',
      'test/faults/**/*.test.ts',
      'test/fixtures/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.peers.test.ts', '**/*.peers.ts'],
    reporters: ['default', 'json', 'junit'],
    outputFile: { json: 'test-results/unit.json', junit: 'test-results/unit.xml' },
    testTimeout: 15_000,
    hookTimeout: 30_000,
    // A state is waited for as long as a test may take, not for one second of a machine that is busy.
    expect: { poll: { timeout: 10_000 } },
    passWithNoTests: false,
  },
});
