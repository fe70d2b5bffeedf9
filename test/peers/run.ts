import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser, type FoundBrowser, noBrowserAdvice } from '../../build/findBrowser.ts';
import { killGroup } from './command.ts';
import type { PeersCoordinates } from './coordinates.ts';
import { readFigures } from './figures.ts';
import { type Installation, installPeers } from './install.ts';
import { progress } from './install/cache.ts';
import { isInside, resultsDir, runInside } from './namespace.ts';
import { finish, type PeerOutcome, vitestReportFile } from './report.ts';
import { startPeers } from './start.ts';
import { readStarted } from './started.ts';

interface Planned {
  readonly name: string;
  readonly from: Exclude<keyof Installation, 'missingTools'>;
}

const browserName = 'chromium';
const suitesLimitMs = 60 * 60_000;
const installed = 'PODIUM_PEERS_INSTALLED';
/** Every peer that a complete run needs, by the installation it comes from. */
const planned = [
  { name: 'etcd', from: 'etcd' },
  { name: 'kube-apiserver', from: 'kubernetes' },
  { name: 'kube-controller-manager', from: 'kubernetes' },
  { name: 'kwok', from: 'kwok' },
  { name: 'istiod', from: 'istiod' },
  { name: 'envoy', from: 'envoy' },
  { name: 'prometheus', from: 'prometheus' },
] as const satisfies readonly Planned[];
/** Peers that the suites which need them start themselves; a run of only some suites can do without. */
const plannedBySuites = [
  { name: 'alertmanager', from: 'alertmanager' },
  { name: 'consul', from: 'consul' },
  { name: 'spring', from: 'spring' },
  { name: 'sentinel', from: 'sentinel' },
  { name: 'opentelemetry-js', from: 'opentelemetry' },
  { name: 'traefik', from: 'traefik' },
] as const satisfies readonly Planned[];
const isWhole = process.argv.length === 2;

process.exit(isInside() ? await inside() : await outside());

async function outside(): Promise<number> {
  await mkdir(resultsDir, { recursive: true });
  for (const name of [...[...planned, ...plannedBySuites].map((one) => one.name), browserName])
    console.log(`planned  ${name} (required)`);
  const installation = await installPeers();
  process.env[installed] = JSON.stringify(installation);
  if (installation.missingTools !== null) return nothingRan(installation, installation.missingTools);
  try {
    return await runInside(fileURLToPath(import.meta.url), process.argv.slice(2), 'alone');
  } catch (error) {
    return nothingRan(installation, error instanceof Error ? error.message : String(error));
  }
}

async function inside(): Promise<number> {
  const installation = JSON.parse(process.env[installed] ?? '{}') as Installation;
  try {
    await using peers = await startPeers(installation);
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    const browser = await findBrowser().catch(() => null);
    progress('running the suites');
    const code = await runSuites(peers.coordinatesFile, stop.signal);
    const all = [...outcomes(installation, peers.coordinates), browserOutcome(browser)];
    return await finish(all, code, readFigures(peers.coordinates.runDir));
  } catch (error) {
    return await nothingRan(installation, error instanceof Error ? error.message : String(error));
  }
}

function outcomes(installation: Installation, coordinates: PeersCoordinates): readonly PeerOutcome[] {
  const processes = Object.keys(coordinates.pids);
  const started = readStarted(coordinates.runDir);
  const outcomeOf = ({ name, from }: Planned, ran: boolean): PeerOutcome => {
    const version = coordinates.versions[installation[from].name] ?? installation[from].version;
    const reason = installation[from].kind === 'absent' ? installation[from].because : null;
    const because = ran ? null : (reason ?? 'a peer it needs is absent, or no suite asked for it');
    return { name, version, required: true, outcome: ran ? 'run' : 'skipped', because };
  };
  return [
    ...planned.map((one) => {
      const ran = processes.some((process) => process === one.name || process.startsWith(`${one.name}-`));
      return outcomeOf(one, ran);
    }),
    ...(isWhole ? plannedBySuites : []).map((one) => outcomeOf(one, started.includes(one.name))),
  ];
}

function browserOutcome(browser: FoundBrowser | null): PeerOutcome {
  const found = { name: browserName, version: browser?.from ?? '', required: true };
  return browser === null
    ? { ...found, outcome: 'skipped', because: noBrowserAdvice }
    : { ...found, outcome: 'run', because: null };
}

/** Runs vitest on the suites in a process group of its own. */
async function runSuites(coordinatesFile: string, stop: AbortSignal): Promise<number> {
  await rm(vitestReportFile, { force: true });
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url));
  const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${vitestReportFile}`];
  const args = [vitest, 'run', '--config', config, ...reports, ...process.argv.slice(2)];
  const env = { ...process.env, PODIUM_PEERS: coordinatesFile };
  const child = spawn(process.execPath, args, { stdio: 'inherit', env, detached: true });
  const kill = () => killGroup(child.pid);
  const limit = setTimeout(() => {
    progress(`the suites took longer than ${suitesLimitMs / 60_000} min and were ended`);
    kill();
  }, suitesLimitMs);
  stop.addEventListener('abort', kill);
  process.once('exit', kill);
  const code = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', (status) => resolve(status ?? 1));
  });
  clearTimeout(limit);
  return code;
}

async function nothingRan(installation: Installation, because: string): Promise<number> {
  await rm(vitestReportFile, { force: true });
  const peers = [...planned, ...plannedBySuites].map(({ name, from }): PeerOutcome => {
    const peer = installation[from];
    const reason = peer.kind === 'absent' ? peer.because : because;
    return { name, version: peer.version, required: true, outcome: 'skipped', because: reason };
  });
  return finish([...peers, browserOutcome(null)], 1, []);
}
