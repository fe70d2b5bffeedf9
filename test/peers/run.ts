import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { killGroup } from './command.ts';
import type { PeersCoordinates } from './coordinates.ts';
import { type Installation, installPeers } from './install.ts';
import { progress } from './install/cache.ts';
import { isInside, resultsDir, runInside } from './namespace.ts';
import { startPeers } from './start.ts';

/** What became of one peer in this run. */
interface PeerOutcome {
  readonly name: string;
  readonly version: string;
  readonly required: boolean;
  readonly outcome: 'run' | 'skipped';
  /** Why it was skipped; null when it ran. */
  readonly because: string | null;
}

// The shape of vitest's JSON report, as far as it is read here.
const reportShape = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string().optional(),
      status: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), duration: z.number().nullish() }),
      ),
    }),
  ),
});

const suitesLimitMs = 25 * 60_000;
const installed = 'PODIUM_PEERS_INSTALLED';
const resultFile = join(resultsDir, '..', 'peers.json');
const vitestReportFile = join(resultsDir, 'vitest.json');

/** Every peer that a complete run needs, by the installation it comes from. */
const planned = [
  { name: 'etcd', from: 'etcd' },
  { name: 'kube-apiserver', from: 'kubernetes' },
  { name: 'kube-controller-manager', from: 'kubernetes' },
  { name: 'kwok', from: 'kwok' },
  { name: 'istiod', from: 'istiod' },
  { name: 'envoy', from: 'envoy' },
  { name: 'prometheus', from: 'prometheus' },
] as const satisfies readonly { name: string; from: Exclude<keyof Installation, 'missingTools'> }[];

process.exit(isInside() ? await inside() : await outside());

async function outside(): Promise<number> {
  await mkdir(resultsDir, { recursive: true });
  for (const { name } of planned) console.log(`planned  ${name} (required)`);
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
    progress('running the suites');
    const code = await runSuites(peers.coordinatesFile, stop.signal);
    return await finish(outcomes(installation, peers.coordinates), code);
  } catch (error) {
    return await nothingRan(installation, error instanceof Error ? error.message : String(error));
  }
}

function outcomes(installation: Installation, coordinates: PeersCoordinates): readonly PeerOutcome[] {
  return planned.map(({ name, from }) => {
    const version = coordinates.versions[installation[from].name] ?? installation[from].version;
    const ran = Object.keys(coordinates.pids).some(
      (process) => process === name || process.startsWith(`${name}-`),
    );
    const reason = installation[from].kind === 'absent' ? installation[from].because : null;
    const because = ran ? null : (reason ?? 'a peer it needs is absent');
    return { name, version, required: true, outcome: ran ? 'run' : 'skipped', because };
  });
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
  const peers = planned.map(({ name, from }): PeerOutcome => {
    const peer = installation[from];
    const reason = peer.kind === 'absent' ? peer.because : because;
    return { name, version: peer.version, required: true, outcome: 'skipped', because: reason };
  });
  return finish(peers, 1);
}

/** Writes test-results/peers.json, prints the table and the last line, and gives the exit code. */
async function finish(peers: readonly PeerOutcome[], suitesCode: number): Promise<number> {
  const text = await readFile(vitestReportFile, 'utf8').catch(() => '{"testResults":[]}');
  const suites = reportShape.parse(JSON.parse(text)).testResults;
  const tests = suites.flatMap((suite) => suite.assertionResults);
  // A suite that could not be loaded has no tests, and must not pass for that.
  const broken = suites.filter((suite) => suite.assertionResults.length === 0 && suite.status === 'failed');
  const passed = tests.filter((test) => test.status === 'passed').length;
  const failed = tests.filter((test) => test.status === 'failed').length + broken.length;
  const absent = peers.filter((peer) => peer.outcome === 'skipped');
  const skipped = tests.length + broken.length - passed - failed + absent.length;
  const report = {
    at: new Date().toISOString(),
    node: process.version,
    passed,
    failed,
    skipped,
    peers,
    suites,
  };
  await writeFile(resultFile, `${JSON.stringify(report, null, 2)}\n`);
  for (const { name, version, outcome, because } of peers) {
    console.log(`${outcome.padEnd(8)} ${name} ${version}${because === null ? '' : `: ${because}`}`);
  }
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  const complete = absent.every((peer) => !peer.required);
  return suitesCode === 0 && failed === 0 && passed > 0 && complete ? 0 : 1;
}
