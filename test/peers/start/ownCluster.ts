import { createPrivateKey, createSign } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeersCoordinates } from '../coordinates.ts';
import { findPeers } from '../install.ts';
import { type ApiClient, type KubeObject, createApiClient } from './api.ts';
import { createCredentials, writeKubeconfig } from './certificates.ts';
import { apiServerLaunch, apiUrlOf, etcdLaunch } from './controlPlane.ts';
import { applyCrds } from './kubernetes.ts';
import { type Running, createProcesses, statusOf, waitFor } from './processes.ts';
import { deployments, meshObjects } from './shop.ts';

/**
 * An etcd and an API server that a suite may stop, start and set back in time without pulling the shared cluster from
 * under the controllers, istiod and the other suites. No controller runs: its pods and addresses are put in by hand.
 */
export interface OwnCluster extends AsyncDisposable {
  /** The run's coordinates with this cluster in place of the shared one, and no mesh or Prometheus. */
  readonly peers: PeersCoordinates;
  readonly admin: ApiClient;
  stopApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
  /** Keeps etcd's files as they are now; the API server is away for that long. */
  saveData(): Promise<void>;
  /** Puts back the files that were kept, as from a backup: what was written since never happened, and revisions go back. */
  restoreData(): Promise<void>;
  /** Adds a context whose user has these credentials. */
  addContext(name: string, user: Readonly<Record<string, string>>): Promise<void>;
  /** A service account's token that the API server will verify, good until then (epoch seconds). */
  signToken(account: { readonly name: string; readonly uid: string }, expiresAt: number): Promise<string>;
}

const apiPort = 6543;
const etcdUrl = 'http://127.0.0.1:2479';
const etcdPeerUrl = 'http://127.0.0.1:2480';
const limitMs = 60_000;
const namespace = 'shop';

export async function startOwnCluster(run: PeersCoordinates): Promise<OwnCluster> {
  const { etcd, kubernetes, istioCrds } = findPeers();
  const programs = { etcdDir: dirOf(etcd), kubernetesDir: dirOf(kubernetes) };
  const dir = await mkdtemp(join(tmpdir(), 'podium-own-cluster-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const processes = stack.use(createProcesses(run.runDir));
  const plane = { prefix: 'own-', etcdUrl, etcdPeerUrl, apiPort, etcdDataDir: join(dir, 'etcd') };
  const savedDir = join(dir, 'saved');
  const url = apiUrlOf(apiPort);
  const credentials = await createCredentials(join(dir, 'pki'), ['127.0.0.1', 'localhost']);
  const kubeconfigFile = join(dir, 'kubeconfig');
  await writeKubeconfig(kubeconfigFile, url, credentials);
  await mkdir(plane.etcdDataDir, { mode: 0o700 });
  const admin = createApiClient(url, credentials.caFile, credentials.tokens.admin);
  let running: { etcd: Running | null; apiServer: Running | null } = { etcd: null, apiServer: null };

  async function startEtcd(): Promise<void> {
    const started = processes.start(etcdLaunch(programs, plane));
    running = { ...running, etcd: started };
    const healthy = async () => (await statusOf(`${etcdUrl}/health`)) === 200;
    await waitFor('etcd', { limitMs, needs: [started] }, healthy);
  }
  async function startApiServer(): Promise<void> {
    // Pods come without a kubelet, and so without the account that a controller would make.
    const more = ['--disable-admission-plugins=ServiceAccount', '--shutdown-delay-duration=0s'];
    const started = processes.start(apiServerLaunch(programs, plane, credentials, more));
    running = { ...running, apiServer: started };
    const ready = async () => (await admin.call('/readyz')).status === 200;
    await waitFor('the API server', { limitMs, needs: [started] }, ready);
  }
  async function stop(which: 'etcd' | 'apiServer'): Promise<void> {
    const one = running[which];
    if (one === null) return;
    running = { ...running, [which]: null };
    await processes.stop(one);
  }
  async function whileDown(act: () => Promise<void>): Promise<void> {
    await stop('apiServer');
    await stop('etcd');
    await act();
    await startEtcd();
    await startApiServer();
  }

  await startEtcd();
  await startApiServer();
  await applyCrds(admin, join(dirOf(istioCrds), 'crds.yaml'));
  await fill(admin);
  const kubernetesOfOwn = { url, caFile: credentials.caFile, kubeconfigFile, tokens: credentials.tokens };
  const whole = stack.move();
  return {
    peers: {
      ...run,
      kubernetes: kubernetesOfOwn,
      prometheus: null,
      istiod: null,
      envoys: null,
      loadUrl: null,
    },
    admin,
    stopApiServer: () => stop('apiServer'),
    startApiServer,
    saveData: () => whileDown(() => cp(plane.etcdDataDir, savedDir, { recursive: true })),
    restoreData: () =>
      whileDown(async () => {
        await rm(plane.etcdDataDir, { recursive: true });
        await cp(savedDir, plane.etcdDataDir, { recursive: true });
      }),
    async addContext(name, user) {
      const config = JSON.parse(await readFile(kubeconfigFile, 'utf8')) as Kubeconfig;
      config.users = [...config.users.filter((one) => one.name !== name), { name, user }];
      const context = { name, context: { cluster: 'shop', user: name } };
      config.contexts = [...config.contexts.filter((one) => one.name !== name), context];
      await writeFile(kubeconfigFile, JSON.stringify(config), { mode: 0o600 });
    },
    signToken: async (account, expiresAt) =>
      sign(await readFile(credentials.accountKeyFile, 'utf8'), {
        iss: url,
        aud: [url],
        sub: `system:serviceaccount:${namespace}:${account.name}`,
        iat: expiresAt - 3_600,
        nbf: expiresAt - 3_600,
        exp: expiresAt,
        'kubernetes.io': { namespace, serviceaccount: account },
      }),
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

interface Kubeconfig {
  users: readonly { readonly name: string; readonly user: unknown }[];
  contexts: readonly { readonly name: string; readonly context: unknown }[];
}

/** The shop's services, what its mesh is told, and pods that are ready because it says so. */
async function fill(admin: ApiClient): Promise<void> {
  await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const services = deployments.filter(
    ({ kind, metadata }) => kind === 'Service' && metadata.namespace === namespace,
  );
  await Promise.all([...services, ...meshObjects].map((object) => admin.apply(object)));
  await Promise.all(
    [
      ['payment', 'v1'],
      ['payment', 'v2'],
      ['order', 'v1'],
      ['catalog', 'v1'],
      ['inventory', 'v1'],
    ].map(([app = '', version = ''], index) => runPod(admin, app, version, `10.200.9.${index + 1}`)),
  );
}

async function runPod(admin: ApiClient, app: string, version: string, address: string): Promise<void> {
  const metadata = { name: `${app}-${version}-0`, namespace, labels: { app, version } };
  const containers = [
    { name: 'app', image: `registry.example.com/${app}:${version}` },
    // Where nobody has a proxy, nobody would follow a route.
    { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.31.1' },
  ];
  const spec = { nodeName: 'n1', containers };
  const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
  await admin.apply(pod);
  const conditions = [{ type: 'Ready', status: 'True' }];
  const status = { phase: 'Running', podIP: address, podIPs: [{ ip: address }], conditions };
  const answer = await admin.call(`/api/v1/namespaces/${namespace}/pods/${metadata.name}/status`, {
    method: 'PATCH',
    body: { status },
    contentType: 'application/merge-patch+json',
  });
  if (answer.status !== 200) throw new Error(`the status of ${metadata.name}: ${answer.status}`);
  await admin.apply({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/service-name': app } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: [
      {
        addresses: [address],
        conditions: { ready: true },
        targetRef: { kind: 'Pod', name: metadata.name, namespace },
      },
    ],
  });
}

function sign(keyPem: string, claims: unknown): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`;
  const key = createPrivateKey(keyPem);
  const signature = createSign('sha256').update(text).sign({ key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

function dirOf(peer: ReturnType<typeof findPeers>['etcd']): string {
  if (peer.kind === 'absent') throw new Error(`${peer.name} is absent because ${peer.because}`);
  return peer.dir;
}
