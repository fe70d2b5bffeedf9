import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test as base, expect, type Page } from '@playwright/test';

/** A running Podium of one test's own, with a data folder of its own. */
export interface PodiumProcess {
  readonly url: string;
  readonly pid: number;
  readonly dataFolder: string;
  /** A new address: each is good once. */
  newUrl(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts the browser host as `npm start` does, without opening a browser. */
export async function startPodium(options: { dataFolder?: string; env?: Record<string, string> } = {}): Promise<PodiumProcess> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'podium-e2e-')));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../shared/loopback/main.ts'), '--no-open'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PODIUM_DATA: dataFolder, KUBECONFIG: join(dataFolder, 'none'), ...options.env },
  });
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
      child.once('exit', (code) => reject(new Error(`Podium ended with code ${code} before it gave an address`)));
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
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** `podium`: a host of the test's own. `rehearsal`: its page, in the rehearsal, with the map drawn. */
export const test = base.extend<{ podium: PodiumProcess; rehearsal: Page }>({
  // Playwright demands the braces.
  // eslint-disable-next-line no-empty-pattern
  podium: async ({}, use) => {
    const podium = await startPodium();
    await use(podium);
    await podium.stop();
    await rm(podium.dataFolder, { recursive: true, force: true });
  },
  rehearsal: async ({ page, podium }, use) => {
    await page.goto(podium.url);
    await page.getByRole('button', { name: /rehearsal/i }).first().click();
    await expect(page.getByRole('button', { name: /^payment/ }).first()).toBeVisible({ timeout: 60_000 });
    await use(page);
  },
});

export { expect };
