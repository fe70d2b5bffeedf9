import { rm } from 'node:fs/promises';
import { test as base, expect, type Page } from '@playwright/test';
import { followingWindow, startPodiumDesktop } from './desktopHost.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { type PodiumProcess, type PodiumStart, startLoopback } from './loopbackHost.ts';

/** Where a walk runs: in a browser's page, or in the window of the desktop program. */
type Host = 'browser' | 'desktop';

/** Starts the host that the walks of this run are for. */
export function startPodium(options: PodiumStart = {}): Promise<PodiumProcess> {
  const { host } = base.info().project.use as { readonly host?: Host };
  return host === 'desktop' ? startPodiumDesktop(options) : startLoopback(options);
}

export interface Fixtures {
  readonly host: Host;
  /** How that fleet is started. */
  readonly fleetArgs: readonly string[];
  /** A fleet of the test's own. */
  readonly fleet: Fleet;
  /** A host of the test's own whose kubeconfig knows that fleet. */
  readonly podium: PodiumProcess;
  /** The host's page on the map of the fleet. */
  readonly map: Page;
}

export const test = base.extend<Fixtures>({
  host: ['browser', { option: true }],
  page: async ({ page, host }, use) => use(host === 'desktop' ? followingWindow(page) : page),
  fleetArgs: [[], { option: true }],
  fleet: async ({ fleetArgs }, use) => {
    await using fleet = await startFleet(...fleetArgs);
    await use(fleet);
  },
  podium: async ({ fleet }, use) => {
    const podium = await startPodium({ env: { KUBECONFIG: fleet.kubeconfigFile } });
    await use(podium);
    await podium.stop();
    await rm(podium.dataFolder, { recursive: true, force: true });
  },
  map: async ({ page, podium }, use) => {
    await page.goto(podium.url);
    await page.getByRole('button', { name: 'Connect to shop-rehearsal, read-only until unlocked' }).click();
    await expect(
      page.getByRole('region', { name: 'Map' }).getByRole('button', { name: /^payment, / }),
    ).toBeVisible({ timeout: 60_000 });
    await use(page);
  },
});

export { expect };
