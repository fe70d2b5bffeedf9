import { defineConfig } from '@playwright/test';
import { findBrowser } from '../../build/findBrowser.ts';
import type { Fixtures } from '../e2e/podium.ts';

const browser = await findBrowser();

/** Walks of the browser host that each run also does in the desktop's window; `PODIUM_WALKS=all` does every one. */
const chosen = ['byAddress', 'forwards', 'journal', 'links', 'logs', 'shift', 'twoSystems'];
const isWhole = process.env['PODIUM_WALKS'] === 'all';
const report = isWhole ? 'desktop-all' : 'desktop';
/** What only a page in a browser has: its sockets, a terminal behind it, and a life after its host was killed. */
const browserOnly = ['sockets', 'loginProgram'];
const outliving = /host that is killed|Podium is killed/;

/** The built desktop host on the stand-in for Electron, whose windows are pages of a real browser. */
export default defineConfig<Pick<Fixtures, 'host'>>({
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  outputDir: '../../test-results/desktop',
  reporter: [
    ['list'],
    ['json', { outputFile: `../../test-results/${report}.json` }],
    ['junit', { outputFile: `../../test-results/${report}.xml` }],
  ],
  use: {
    actionTimeout: 30_000,
    host: 'desktop',
    viewport: { width: 1440, height: 900 },
    launchOptions: browser === null ? {} : { executablePath: browser.path, args: [...browser.args] },
  },
  projects: [
    { name: 'desktop', testDir: '.', testMatch: '**/*.spec.ts' },
    {
      name: 'as in the browser',
      testDir: '../e2e',
      testMatch: isWhole ? '**/*.spec.ts' : chosen.map((name) => `**/${name}.spec.ts`),
      grepInvert: outliving,
      testIgnore: browserOnly.map((name) => `**/${name}.spec.ts`),
    },
  ],
});
