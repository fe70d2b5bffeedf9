import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElectronApplication, Locator, Page } from '@playwright/test';
import { electron, launchDesktop } from '../e2e/desktopHost.ts';
import { startFleet, type Fleet } from '../e2e/fleet.ts';
import { expect, test as base } from '../e2e/podium.ts';
import { killedAtExit } from '../support/leaveNothing.ts';

const root = join(import.meta.dirname, '../..');

/** A running Podium as a desktop program, with its one window. */
export interface Desktop extends AsyncDisposable {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** The exit code, once the program has ended. */
  readonly ended: Promise<number | null>;
}

/** Starts the built desktop host on the stand-in for Electron, or on the binary that PODIUM_ELECTRON names. */
export async function startDesktop(
  dataFolder: string,
  kubeconfig: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Desktop> {
  const started = await launchDesktop({ ...environment(dataFolder, kubeconfig), ...env }, args);
  const { app, page, ended, kill } = started;
  return {
    app,
    page,
    ended,
    async [Symbol.asyncDispose]() {
      // A test that failed may have left a question open, at which a polite end would wait.
      kill();
      await ended;
    },
  };
}

/** Starts Podium once more on the same data folder, as the system does for a link; gives its exit code. */
export async function startAgain(dataFolder: string, ...args: readonly string[]): Promise<number | null> {
  const child = killedAtExit(
    spawn(electron, [root, ...args], {
      env: { ...process.env, ...environment(dataFolder, 'none'), STAND_IN_NODE: process.execPath },
      stdio: 'inherit',
    }),
  );
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

function environment(dataFolder: string, kubeconfig: string): Record<string, string> {
  return { PODIUM_DATA: dataFolder, KUBECONFIG: kubeconfig };
}

/** Opens the fleet's cluster, as an operator does at the first start. */
export async function connect(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Connect to shop-rehearsal, read-only until unlocked' }).click();
  await expect(onMap(page, 'payment')).toBeVisible({ timeout: 40_000 });
}

/** A service's card on the map. */
export function onMap(page: Page, name: string): Locator {
  return page.getByRole('region', { name: 'Map' }).getByRole('button', { name: new RegExp(`^${name}, `) });
}

interface Fixtures {
  readonly dataFolder: string;
  readonly fleet: Fleet;
}

export const test = base.extend<Fixtures>({
  // Playwright demands the braces.
  dataFolder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'podium-desktop-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  fleet: async ({}, use) => {
    await using fleet = await startFleet();
    await use(fleet);
  },
});

export { expect };
