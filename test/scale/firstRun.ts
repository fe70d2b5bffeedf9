import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { findBrowser, noBrowserAdvice } from '../../build/findBrowser.ts';

/** How long each part may take before the run is given up. */
const startLimitMs = 20 * 60_000;
const mapLimitMs = 120_000;
const root = join(import.meta.dirname, '../..');

process.exitCode = await main();

/** From a fresh clone to the first map that a newcomer sees, by what the README tells them to type. Prints, and judges nothing. */
async function main(): Promise<number> {
  const found = await findBrowser();
  if (found === null) {
    process.stderr.write(`The first run cannot be timed: ${noBrowserAdvice}\n`);
    return 1;
  }
  const folder = await mkdtemp(join(tmpdir(), 'podium-first-run-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const steps: (readonly [name: string, ms: number])[] = [];
  let since = performance.now();
  const began = since;
  const done = (name: string): void => {
    const now = performance.now();
    steps.push([name, now - since]);
    process.stdout.write(`${seconds(now - since).padStart(8)} s  ${name}\n`);
    since = now;
  };

  process.stdout.write(`${machine()}\n`);
  const clone = join(folder, 'podium');
  const cloned = spawnSync('git', ['clone', '--quiet', '--no-hardlinks', root, clone], { stdio: 'inherit' });
  if (cloned.status !== 0) return 1;
  done('cloned');

  const host = spawn('npm', ['start', '--', '--browser', '--no-open'], {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'inherit'],
    // Its own group: npm, the set-up and the host end together.
    detached: true,
    env: {
      ...process.env,
      PODIUM_DATA: join(folder, 'data'),
      KUBECONFIG: join(folder, 'none'),
      npm_config_prefer_offline: 'true',
    },
  });
  stack.defer(async () => {
    if (host.exitCode !== null || host.pid === undefined) return;
    const ended = new Promise((resolve) => host.once('exit', resolve));
    process.kill(-host.pid, 'SIGTERM');
    await ended;
  });
  const limit = setTimeout(() => host.kill(), startLimitMs);
  let url: string | null = null;
  for await (const line of createInterface({ input: host.stdout })) {
    if (/^Installed in/.test(line)) done('packages installed, from the cache of npm where it has them');
    if (/^Built in/.test(line)) done('window built');
    url = /http:\/\/127\.0\.0\.1:\d+\/#t=\S+/.exec(line)?.[0] ?? null;
    if (url !== null) break;
  }
  clearTimeout(limit);
  if (url === null) {
    process.stderr.write('Podium ended before it gave an address; what it said is above.\n');
    return 1;
  }
  done('host listens');

  const browser = await chromium.launch({ executablePath: found.path, args: [...found.args] });
  stack.defer(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  const enter = page.getByRole('button', { name: 'Enter the rehearsal' });
  await enter.waitFor();
  done('first page drawn');
  await enter.click();
  const map = page.getByRole('region', { name: 'Map' });
  await map.getByRole('button', { name: /^payment, / }).waitFor({ timeout: mapLimitMs });
  await page.locator('.react-flow__edge').first().waitFor({ state: 'attached', timeout: mapLimitMs });
  done('map of the rehearsal drawn, with calls');
  process.stdout.write(
    `${seconds(performance.now() - began).padStart(8)} s  in all, ${steps.length} steps\n`,
  );
  return 0;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const [load = 0] = loadavg();
  return `${new Date().toISOString().slice(0, 10)}, ${cpu?.model.trim() ?? 'unknown'}, ${cpus().length} cores, ${memory} GB, ${process.platform} ${process.arch}, load average ${load.toFixed(1)}`;
}
