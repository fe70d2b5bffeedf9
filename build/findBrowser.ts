import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A browser that the end-to-end tests can drive: where it is, what it must be started with, and where it came from. */
export interface FoundBrowser {
  readonly path: string;
  readonly args: readonly string[];
  readonly from: string;
}

/** What to do when there is none. */
export const noBrowserAdvice =
  'no browser. Install Chromium or Chrome, or set PODIUM_BROWSER to the full path of one, ' +
  'or run "npx playwright install chromium".';

/**
 * Looks for Chromium or Chrome: `PODIUM_BROWSER`, the usual places and PATH, Playwright's own, then the one that the npm
 * package @sparticuz/chromium ships for Linux on x64. Null when there is none that starts. Throws when `PODIUM_BROWSER`
 * names something that is none: a wrong answer is worse than none.
 */
export async function findBrowser(): Promise<FoundBrowser | null> {
  const named = process.env['PODIUM_BROWSER'];
  if (named !== undefined && named !== '') {
    if (!starts(named)) throw new Error(`PODIUM_BROWSER is ${named}, which is not there or does not start.`);
    return { path: named, args: neededArgs(), from: 'PODIUM_BROWSER' };
  }
  const installed = [...usualPlaces(), ...onPath()].find(starts);
  if (installed !== undefined)
    return { path: installed, args: neededArgs(), from: 'installed on this machine' };
  const own = await playwrightsOwn();
  if (own !== null && starts(own)) return { path: own, args: neededArgs(), from: "Playwright's own" };
  return shippedInPackage();
}

function usualPlaces(): readonly string[] {
  switch (process.platform) {
    case 'darwin':
      return [
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
        '/Applications/Chromium.app/Contents/MacOS/Chromium',
        '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
      ];
    case 'win32':
      return ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((variable) => {
        const base = process.env[variable];
        if (base === undefined) return [];
        return ['Google/Chrome/Application/chrome.exe', 'Chromium/Application/chrome.exe'].map((rest) =>
          join(base, rest),
        );
      });
    default:
      return [
        '/usr/bin/chromium',
        '/usr/bin/chromium-browser',
        '/usr/bin/google-chrome',
        '/opt/google/chrome/chrome',
      ];
  }
}

function onPath(): readonly string[] {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const end = process.platform === 'win32' ? '.exe' : '';
  return folders.flatMap((folder) => names.map((name) => join(folder, `${name}${end}`)));
}

async function playwrightsOwn(): Promise<string | null> {
  try {
    const { chromium } = await import('playwright-core');
    return chromium.executablePath();
  } catch {
    return null;
  }
}

async function shippedInPackage(): Promise<FoundBrowser | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    const path = await chromium.executablePath();
    // Its own flags hold what it cannot do without, such as a single process tree without a sandbox.
    return starts(path)
      ? { path, args: ['--no-sandbox', '--headless=new'], from: '@sparticuz/chromium' }
      : null;
  } catch {
    return null;
  }
}

/** On Linux a browser may be there and yet lack a library; elsewhere `--version` opens a window. */
function starts(path: string): boolean {
  if (!existsSync(path)) return false;
  if (process.platform !== 'linux') return true;
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 15_000 });
  return status === 0 && /chrom/i.test(stdout);
}

/** Chromium refuses its sandbox to root, which is who runs tests in most containers. */
function neededArgs(): readonly string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

if (import.meta.main) {
  const found = await findBrowser().catch((error: unknown) => String(error));
  const isFound = found !== null && typeof found !== 'string';
  process.stdout.write(`${isFound ? JSON.stringify(found) : (found ?? noBrowserAdvice)}\n`);
  process.exitCode = isFound ? 0 : 1;
}
