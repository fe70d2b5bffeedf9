import { defineConfig } from '@playwright/test';

/** The built desktop host on the stand-in for Electron, whose windows are pages of a real browser. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../../test-results/desktop',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [
    ['list'],
    ['json', { outputFile: '../../test-results/desktop.json' }],
    ['junit', { outputFile: '../../test-results/desktop.xml' }],
  ],
  use: { actionTimeout: 10_000 },
});
