import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';
import { findPeers, installPeers } from './install.ts';
import { progress } from './install/cache.ts';
import { isInside, resultsDir, runInside } from './namespace.ts';
import { recordAlertmanager } from './record/alertmanager.ts';
import { recordConsul, recordConsulEnvoy } from './record/consul.ts';
import { recordConsulEntries } from './record/consulEntries.ts';
import { recordConsulTrip } from './record/consulTrip.ts';
import { recordEnvoy, recordIstiod, recordPrometheus, recordRuledAlerts } from './record/observers.ts';
import { recordKubernetesReads } from './record/kubernetesReads.ts';
import { recordLogs } from './record/logs.ts';
import { recordKubernetesWrites } from './record/kubernetesWrites.ts';
import { recordConfiguration } from './record/configuration.ts';
import { recordFutures, recordWatches } from './record/watches.ts';
import { recordWorkloads } from './record/workloads.ts';
import { recordRoutes } from './record/routes.ts';
import { recordSentinel } from './record/sentinel.ts';
import { recordEureka, recordSpring } from './record/spring.ts';
import type { Recorder } from './record/recorder.ts';
import { createRecorder } from './record/recorder.ts';
import { startPeers } from './start.ts';
import { startAlertmanager } from './start/alertmanager.ts';
import { startConsul } from './start/consul.ts';
import { startSentinel } from './start/sentinel.ts';
import { startSpring } from './start/spring.ts';
import { springInstances } from './start/springShop.ts';

/**
 * Records answers of the real peers into test/fixtures, so that simulators can be held against them:
 * `node test/peers/record.ts`. Takes about two minutes, half of it waiting for a list to expire.
 * `node test/peers/record.ts writes` makes only those of configuration and workloads again, `… consul` only Consul's,
 * `… routes` only those of the Gateway API's routes, `… rules` only those of Prometheus' own alerts,
 * `… spring` only those of Spring's programs, `… sentinel` only Sentinel's, `… alertmanager` only Alertmanager's.
 */
async function inside(only: string | undefined): Promise<number> {
  if (only === 'consul') return insideConsul();
  if (only === 'spring') return insideSpring();
  if (only === 'sentinel') return insideSentinel();
  if (only === 'alertmanager') return insideAlertmanager();
  // The shortest interval at which a list's continuation expires while one waits.
  await using peers = await startPeers(findPeers(), { compactionSeconds: 20 });
  const { coordinates } = peers;
  const recorders: Record<string, Recorder> = {};
  const recorderOf = async (peer: string, version: string | undefined) => {
    const dir = fileURLToPath(new URL(`../fixtures/${peer}/`, import.meta.url));
    if (only === undefined) await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    recorders[peer] = createRecorder(`${peer} ${version ?? ''}`.trim(), (name, fixture) =>
      writeFile(join(dir, `${name}.json`), fixture),
    );
    return recorders[peer];
  };
  if (only === 'rules') {
    await recordRuledAlerts(await recorderOf('prometheus', coordinates.versions['prometheus']), coordinates);
    return 0;
  }
  const kubernetes = await recorderOf('kubernetes', coordinates.versions['kubernetes']);
  if (only === undefined) {
    await recordKubernetesReads(kubernetes, coordinates);
    await recordLogs(kubernetes, coordinates);
    await recordKubernetesWrites(kubernetes, coordinates);
  }
  if (only === undefined || only === 'routes') await recordRoutes(kubernetes, coordinates);
  if (only === 'routes') {
    progress(`kubernetes: ${kubernetes.count} recordings, ${Math.round(kubernetes.bytes / 1024)} KB`);
    return 0;
  }
  await recordConfiguration(kubernetes, coordinates);
  await recordWorkloads(kubernetes, coordinates);
  await recordFutures(kubernetes, coordinates);
  if (only !== undefined) {
    progress(`kubernetes: ${kubernetes.count} recordings`);
    return 0;
  }
  await recordPrometheus(await recorderOf('prometheus', coordinates.versions['prometheus']), coordinates);
  await recordIstiod(await recorderOf('istiod', coordinates.versions['istiod']), coordinates);
  await recordEnvoy(await recorderOf('envoy', coordinates.versions['envoy']), coordinates);
  await recordWatches(kubernetes, coordinates);
  for (const [peer, recorder] of Object.entries(recorders)) {
    progress(`${peer}: ${recorder.count} recordings, ${Math.round(recorder.bytes / 1024)} KB`);
  }
  return Math.max(
    await insideConsul(),
    await insideSpring(),
    await insideSentinel(),
    await insideAlertmanager(),
  );
}

async function insideSpring(): Promise<number> {
  const { spring } = findPeers();
  if (spring.kind === 'absent') throw new Error('the Spring programs are not installed');
  await runCommand('ip', ['link', 'set', 'lo', 'up'], { timeLimitMs: 10_000 });
  const runDir = join(resultsDir, 'recording');
  await rm(runDir, { recursive: true, force: true });
  await mkdir(runDir, { recursive: true });
  const recorderOf = async (folder: string) => {
    const dir = fileURLToPath(new URL(`../fixtures/${folder}/`, import.meta.url));
    await mkdir(dir, { recursive: true });
    return createRecorder(`${folder} ${spring.version}`, (name, fixture) =>
      writeFile(join(dir, `${name}.json`), fixture),
    );
  };
  const instances = springInstances.filter(({ id }) => id !== 'order-2');
  await using peer = await startSpring({ dir: spring.dir, runDir, instances });
  await recordEureka(await recorderOf('eureka'), peer);
  await peer.start(springInstances[3]);
  const recorder = await recorderOf('spring');
  await recordSpring(recorder, peer);
  progress(`spring: ${recorder.count} recordings, ${Math.round(recorder.bytes / 1024)} KB`);
  return 0;
}

async function insideSentinel(): Promise<number> {
  const { sentinel } = findPeers();
  if (sentinel.kind === 'absent') throw new Error('the program with Sentinel is not installed');
  await runCommand('ip', ['link', 'set', 'lo', 'up'], { timeLimitMs: 10_000 });
  const runDir = join(resultsDir, 'recording');
  await rm(runDir, { recursive: true, force: true });
  await mkdir(runDir, { recursive: true });
  const dir = fileURLToPath(new URL('../fixtures/sentinel/', import.meta.url));
  await mkdir(dir, { recursive: true });
  await using peer = await startSentinel({ dir: sentinel.dir, runDir });
  const recorder = createRecorder('sentinel 1.8.8', (name, fixture) =>
    writeFile(join(dir, `${name}.json`), fixture),
  );
  await recordSentinel(recorder, peer);
  progress(`sentinel: ${recorder.count} recordings, ${Math.round(recorder.bytes / 1024)} KB`);
  return 0;
}

async function insideAlertmanager(): Promise<number> {
  const { alertmanager } = findPeers();
  if (alertmanager.kind === 'absent') throw new Error('Alertmanager is not installed');
  await runCommand('ip', ['link', 'set', 'lo', 'up'], { timeLimitMs: 10_000 });
  const runDir = join(resultsDir, 'recording');
  await rm(runDir, { recursive: true, force: true });
  await mkdir(runDir, { recursive: true });
  const dir = fileURLToPath(new URL('../fixtures/alertmanager/', import.meta.url));
  await mkdir(dir, { recursive: true });
  await using peer = await startAlertmanager({ dir: alertmanager.dir, runDir, address: '127.0.0.1' });
  const recorder = createRecorder(`alertmanager ${peer.version}`, (name, fixture) =>
    writeFile(join(dir, `${name}.json`), fixture),
  );
  await recordAlertmanager(recorder, peer);
  progress(`alertmanager: ${recorder.count} recordings, ${Math.round(recorder.bytes / 1024)} KB`);
  return 0;
}

async function insideConsul(): Promise<number> {
  const { consul, envoy } = findPeers();
  if (consul.kind === 'absent' || envoy.kind === 'absent')
    throw new Error('consul and envoy are not installed');
  await runCommand('ip', ['link', 'set', 'lo', 'up'], { timeLimitMs: 10_000 });
  const runDir = join(resultsDir, 'recording');
  await rm(runDir, { recursive: true, force: true });
  await mkdir(runDir, { recursive: true });
  await using peer = await startConsul({ consulDir: consul.dir, envoyDir: envoy.dir, runDir });
  const recorderOf = async (folder: string, version: string) => {
    const dir = fileURLToPath(new URL(`../fixtures/${folder}/`, import.meta.url));
    await mkdir(dir, { recursive: true });
    return createRecorder(`${folder} ${version}`, (name, fixture) =>
      writeFile(join(dir, `${name}.json`), fixture),
    );
  };
  const recorder = await recorderOf('consul', consul.version);
  await recordConsul(recorder, peer);
  await recordConsulEntries(recorder, peer);
  const ofEnvoy = await recorderOf('envoy', envoy.version);
  await recordConsulEnvoy(ofEnvoy);
  await recordConsulTrip(ofEnvoy, peer);
  progress(`consul: ${recorder.count} recordings, ${Math.round(recorder.bytes / 1024)} KB`);
  return 0;
}

const only = process.argv[2];
if (isInside()) process.exit(await inside(only));
await installPeers();
process.exit(await runInside(fileURLToPath(import.meta.url), only === undefined ? [] : [only], 'alone'));
