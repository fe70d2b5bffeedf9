import { spawn } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Installation, findPeers, installPeers } from './install.ts';
import { progress } from './install/cache.ts';
import type { PeersCoordinates } from './coordinates.ts';
import { enter, isInside, prepareNetwork, resultsDir, runInside } from './namespace.ts';
import { type Envoys, startEnvoys } from './start/envoys.ts';
import { type IstiodPeer, startIstiod } from './start/istio.ts';
import { podLogFile } from './start/kubelet.ts';
import { startKubernetes } from './start/kubernetes.ts';
import { createProcesses, statusOf, waitFor } from './start/processes.ts';
import { type PrometheusPeer, startPrometheus } from './start/prometheus.ts';
import { paymentHost, servicePort, shopHost, sidecarAddress } from './start/shop.ts';

export interface PeersOptions {
  /** Customers per second at the gateway; 40 when not given. */
  readonly requestsPerSecond?: number;
  /** How often the API server compacts its history; short times make list continuations expire. */
  readonly compactionSeconds?: number;
  /** Load and pods end by themselves after this time; an hour when not given. */
  readonly lifeSeconds?: number;
}

/** The running peers; disposing stops every one of them. */
export interface Peers extends AsyncDisposable {
  readonly coordinates: PeersCoordinates;
  /** The coordinates as a JSON file, for `PODIUM_PEERS`. */
  readonly coordinatesFile: string;
}

const latestFile = join(resultsDir, 'latest.json');
const keptRuns = 8;
const longestRunMs = 2 * 3_600_000;
const worldPort = 17_000;
const loadPort = 17_001;

/** Starts whatever of the tier is installed; needs at least etcd, Kubernetes and kwok. Only inside the namespace. */
export async function startPeers(installation: Installation, options: PeersOptions = {}): Promise<Peers> {
  const { etcd, kubernetes, kwok, istioCrds, gatewayApiCrds, istiod, envoy, prometheus } = installation;
  for (const peer of [etcd, kubernetes, kwok, istioCrds, gatewayApiCrds]) {
    if (peer.kind === 'absent') throw new Error(`${peer.name} is absent because ${peer.because}`);
  }
  await prepareNetwork();
  const runDir = join(resultsDir, `run-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  await mkdir(runDir, { recursive: true });
  await forgetOldRuns();
  const stack = new AsyncDisposableStack();
  const forgetRun = () => forget(runDir);
  stack.defer(forgetRun);
  // A run that is interrupted before it is up has nothing to save; leaving kills what was started.
  const leave = () => process.exit(130);
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  stack.defer(() => {
    process.off('SIGINT', leave);
    process.off('SIGTERM', leave);
  });
  const processes = stack.use(createProcesses(runDir));
  // After the listener of the processes, which ends those that still write there.
  process.once('exit', forgetRun);
  try {
    const programs = {
      etcdDir: dirOf(etcd),
      kubernetesDir: dirOf(kubernetes),
      kwokDir: dirOf(kwok),
      crdsFiles: [istioCrds, gatewayApiCrds].map((crds) => join(dirOf(crds), 'crds.yaml')),
    };
    const compactionSeconds = options.compactionSeconds ?? 300;
    const cluster = await startKubernetes(programs, processes, runDir, compactionSeconds, progress);
    const lifeSeconds = options.lifeSeconds ?? 3_600;
    const world = processes.start(
      child('world', 'world/pods.ts', 'PODIUM_WORLD', {
        apiUrl: cluster.url,
        caFile: cluster.credentials.caFile,
        token: cluster.credentials.tokens.world,
        servicePort,
        controlPort: worldPort,
        sidecarUrl: `http://${sidecarAddress}:${servicePort}`,
        paymentHost,
        lifeSeconds,
        logFile: podLogFile(runDir),
      }),
    );
    const worldUrl = `http://127.0.0.1:${worldPort}`;
    const worldReady = async () => (await statusOf(`${worldUrl}/_count`)) === 200;
    await waitFor('the programs in the pods', { limitMs: 30_000, needs: [world] }, worldReady);

    let prometheusPeer: PrometheusPeer | null = null;
    if (prometheus.kind === 'present') {
      prometheusPeer = await startPrometheus(prometheus.dir, worldUrl, processes, runDir);
      progress('Prometheus is ready');
    }
    let istiodPeer: IstiodPeer | null = null;
    let envoys: Envoys | null = null;
    if (istiod.kind === 'present' && envoy.kind === 'present') {
      istiodPeer = await startIstiod(istiod.dir, cluster, processes, runDir);
      progress('istiod is ready and validates');
      envoys = await startEnvoys(envoy.dir, cluster.admin, processes, runDir);
      await cluster.forward(
        [envoys.edge, envoys.order].map(({ pod, adminUrl }) => {
          const { hostname, port } = new URL(adminUrl);
          return { pod, port: 15_000, to: { address: hostname, port: Number(port) } };
        }),
      );
      progress('gateway and sidecar answer');
      const load = processes.start(
        child('load', 'world/load.ts', 'PODIUM_LOAD', {
          gatewayUrl: envoys.edge.url,
          shopHost,
          paymentHost,
          requestsPerSecond: options.requestsPerSecond ?? 40,
          controlPort: loadPort,
          lifeSeconds,
        }),
      );
      const loadReady = async () => (await statusOf(`http://127.0.0.1:${loadPort}/_stats`)) === 200;
      await waitFor('the load generator', { limitMs: 30_000, needs: [load] }, loadReady);
      progress('load is running');
    }
    const coordinates: PeersCoordinates = {
      runDir,
      pids: { ...processes.pids },
      kubernetes: {
        url: cluster.url,
        caFile: cluster.credentials.caFile,
        kubeconfigFile: cluster.kubeconfigFile,
        tokens: cluster.credentials.tokens,
      },
      prometheus: prometheusPeer,
      istiod: istiodPeer,
      envoys,
      worldUrl,
      loadUrl: envoys !== null ? `http://127.0.0.1:${loadPort}` : null,
      versions: {
        ...versionsOf(installation),
        ...(prometheusPeer === null ? {} : { prometheus: prometheusPeer.version }),
      },
    };
    const coordinatesFile = join(runDir, 'coordinates.json');
    await writeFile(coordinatesFile, JSON.stringify(coordinates, null, 2), { mode: 0o600 });
    process.off('SIGINT', leave);
    process.off('SIGTERM', leave);
    const whole = stack.move();
    return { coordinates, coordinatesFile, [Symbol.asyncDispose]: () => whole.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Keeps the logs of the last few runs, and all of those that may still be up. */
async function forgetOldRuns(): Promise<void> {
  const runs = (await readdir(resultsDir)).filter((name) => name.startsWith('run-')).sort();
  const mayBeUp = (name: string) => {
    const file = statSync(join(resultsDir, name, 'coordinates.json'), { throwIfNoEntry: false });
    return file !== undefined && Date.now() - file.mtimeMs < longestRunMs;
  };
  for (const name of runs.slice(0, -keptRuns).filter((run) => !mayBeUp(run)))
    await rm(join(resultsDir, name), { recursive: true, force: true });
}

/** Keys, tokens and databases go with the run; logs stay. */
function forget(runDir: string): void {
  for (const name of ['coordinates.json', 'pki', 'kubeconfig', 'etcd', 'prometheus', 'istiod']) {
    rmSync(join(runDir, name), { recursive: true, force: true });
  }
}

function child(name: string, script: string, variable: string, settings: unknown) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const env = { ...process.env, [variable]: JSON.stringify(settings) };
  return { name, command: process.execPath, args: [path], env };
}

function dirOf(peer: Installation['etcd']): string {
  return peer.kind === 'present' ? peer.dir : '';
}

function versionsOf({ missingTools: _tools, ...peers }: Installation): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.values(peers).map((peer) => [peer.name, peer.version]));
}

/**
 * `node test/peers/start.ts [--cached] [command …]` runs a command among the peers, or keeps them until interrupted;
 * with `--cached` nothing is built, and what is not in the cache is left out. `--enter command …` runs a command among
 * the peers that another start keeps.
 */
async function main(given: readonly string[]): Promise<number> {
  if (given[0] === '--enter') return enter(given.slice(1), { PODIUM_PEERS: latestFile });
  const cachedOnly = given[0] === '--cached';
  const args = cachedOnly ? given.slice(1) : given;
  const installation = cachedOnly || isInside() ? findPeers() : await installPeers();
  if (!isInside()) {
    if (installation.missingTools !== null) throw new Error(installation.missingTools);
    return runInside(fileURLToPath(import.meta.url), args, 'open to others');
  }
  await using peers = await startPeers(installation);
  progress(`coordinates: ${peers.coordinatesFile}`);
  await rm(latestFile, { force: true });
  await symlink(peers.coordinatesFile, latestFile);
  const [command, ...rest] = args;
  const interrupted = new Promise<number>((resolveCode) => {
    process.once('SIGINT', () => resolveCode(130));
    process.once('SIGTERM', () => resolveCode(143));
  });
  if (command === undefined) {
    const pid = peers.coordinates.pids['etcd'];
    progress(`peers run until interrupted; etcd has process id ${pid} inside the namespace`);
    // Awaited here: a bare return would dispose the peers first.
    return await interrupted;
  }
  const env = {
    ...process.env,
    PODIUM_PEERS: peers.coordinatesFile,
    KUBECONFIG: peers.coordinates.kubernetes.kubeconfigFile,
  };
  const run = spawn(command, rest, { stdio: 'inherit', env });
  const ended = new Promise<number>((resolveCode) => {
    run.once('error', (error) => {
      progress(`${command}: ${error.message}`);
      resolveCode(127);
    });
    run.once('exit', (code) => resolveCode(code ?? 1));
  });
  const code = await Promise.race([ended, interrupted]);
  run.kill();
  return code;
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href) {
  process.exit(await main(process.argv.slice(2)));
}
