import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test as base, expect, type Page } from '@playwright/test';
import { followingWindow, startPodiumDesktop } from './desktopHost.ts';
import { startFleet, type Fleet } from './fleet.ts';

/** A running Podium of one test's own, with a data folder of its own. */
export interface PodiumProcess {
  readonly url: string;
  readonly pid: number;
  readonly dataFolder: string;
  /** A new address: each is good once. */
  newUrl(): Promise<string>;
  /** Types a line in the terminal that it was started in. */
  type(line: string): void;
  stop(): Promise<void>;
}

/** How a host is started: with a data folder of its own, unless one is given. */
export interface PodiumStart {
  readonly dataFolder?: string;
  readonly env?: Record<string, string>;
  readonly args?: readonly string[];
}

/** Where a walk runs: in a browser's page, or in the window of the desktop program. */
type Host = 'browser' | 'desktop';

/** Starts the host that the walks of this run are for. */
export function startPodium(options: PodiumStart = {}): Promise<PodiumProcess> {
  const { host } = base.info().project.use as { readonly host?: Host };
  return host === 'desktop' ? startPodiumDesktop(options) : startLoopback(options);
}

/** Starts the browser host as `npm start` does, without opening a browser. */
async function startLoopback(options: PodiumStart): Promise<PodiumProcess> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'podium-e2e-')));
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../shared/loopback/main.ts'), '--no-open', ...(options.args ?? [])],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PODIUM_DATA: dataFolder, KUBECONFIG: join(dataFolder, 'none'), ...options.env },
    },
  );
  const lines = createInterface({ input: child.stdout });
  const addresses: string[] = [];
  const waiting: ((url: string) => void)[] = [];
  lines.on('line', (line) => {
    const url = /http:\/\/127\.0\.0\.1:\d+\/#t=\S+/.exec(line)?.[0];
    if (url === undefined) return;
    const next = waiting.shift();
    if (next === undefined) addresses.push(url);
    else next(url);
  });
  const nextUrl = () =>
    new Promise<string>((resolve, reject) => {
      const ready = addresses.shift();
      if (ready !== undefined) return resolve(ready);
      child.once('exit', (code) =>
        reject(new Error(`Podium ended with code ${code} before it gave an address`)),
      );
      waiting.push(resolve);
    });
  const url = await nextUrl();
  return {
    url,
    pid: child.pid ?? -1,
    dataFolder,
    newUrl() {
      child.stdin.write('\n');
      return nextUrl();
    },
    type: (line) => void child.stdin.write(`${line}\n`),
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
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
