import { defineConfig } from '@playwright/test';
import { findBrowser } from '../../build/findBrowser.ts';

const browser = await findBrowser();

/** Real browser, real host, the rehearsal's real wire protocols; two files at a time, for much of a walk is waiting. */
export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../../test-results/e2e',
  workers: 2,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: [
    ['list'],
    ['json', { outputFile: '../../test-results/e2e.json' }],
    ['junit', { outputFile: '../../test-results/e2e.xml' }],
  ],
  use: {
    viewport: { width: 1440, height: 900 },
    actionTimeout: 30_000,
    trace: 'retain-on-failure',
    launchOptions:
      browser === null
        ? {}
        : {
            executablePath: browser.path,
            args: [...browser.args, '--disable-background-networking', '--disable-component-update'],
          },
  },
});
