import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { nodeAddress, podRange } from '../namespace.ts';
import { access } from './access.ts';
import { type ApiClient, type KubeObject, createApiClient } from './api.ts';
import { auditFlags } from './audit.ts';
import { type Credentials, createCredentials, writeKubeconfig } from './certificates.ts';
import { apiServerLaunch, apiUrlOf, etcdLaunch } from './controlPlane.ts';
import { kubeletPort, type PodForward, writeKwokConfig } from './kubelet.ts';
import { type Launch, type Processes, statusOf, waitFor } from './processes.ts';
import { deployments, namespaces } from './shop.ts';

/** The programs' folders and settings. */
export interface KubernetesPrograms {
  readonly etcdDir: string;
  readonly kubernetesDir: string;
  readonly kwokDir: string;
  readonly crdsFiles: readonly string[];
}

/** The running control plane. */
export interface KubernetesPeer {
  readonly url: string;
  readonly credentials: Credentials;
  readonly kubeconfigFile: string;
  readonly admin: ApiClient;
  /** Lets port-forwards to pods of the shop lead to where their programs are. */
  forward(forwards: readonly PodForward[]): Promise<void>;
}

// Ports can be fixed: the network namespace belongs to this run alone.
const etcdUrl = 'http://127.0.0.1:2379';
const etcdPeerUrl = 'http://127.0.0.1:2380';
const apiPort = 6443;
const apiUrl = apiUrlOf(apiPort);
const limitMs = 120_000;

/** Starts etcd, the API server, the controller manager and kwok, and puts the shop's Kubernetes objects in. */
export async function startKubernetes(
  programs: KubernetesPrograms,
  processes: Processes,
  runDir: string,
  compactionSeconds: number,
  say: (text: string) => void,
): Promise<KubernetesPeer> {
  const serverNames = ['127.0.0.1', nodeAddress, 'localhost', 'kubernetes.default.svc'];
  const credentials = await createCredentials(join(runDir, 'pki'), serverNames);
  const kubeconfigFile = join(runDir, 'kubeconfig');
  await writeKubeconfig(kubeconfigFile, apiUrl, credentials);

  const plane = { prefix: '', etcdUrl, etcdPeerUrl, apiPort, etcdDataDir: join(runDir, 'etcd') };
  await mkdir(plane.etcdDataDir, { mode: 0o700 });
  const etcd = processes.start(etcdLaunch(programs, plane));
  await waitFor(
    'etcd',
    { limitMs, needs: [etcd] },
    async () => (await statusOf(`${etcdUrl}/health`)) === 200,
  );
  say('etcd is healthy');

  const more = [`--etcd-compaction-interval=${compactionSeconds}s`, ...(await auditFlags(runDir))];
  const apiserver = processes.start(apiServerLaunch(programs, plane, credentials, more));
  const admin = createApiClient(apiUrl, credentials.caFile, credentials.tokens.admin);
  const needs = [etcd, apiserver];
  await waitFor(
    'the API server',
    { limitMs, needs },
    async () => (await admin.call('/readyz')).status === 200,
  );
  say('the API server is ready');

  const kwokConfig = await writeKwokConfig(programs.kwokDir, runDir);
  const kubelet = (addresses: string): Launch =>
    kwokLaunch(programs, kubeconfigFile, kwokConfig, credentials, addresses);
  processes.start(controllerManagerLaunch(programs, kubeconfigFile, credentials));
  const kwok = processes.start(kubelet(podRange.replace(/0\/16$/, '1/17')));
  await Promise.all(namespaces.map((namespace) => admin.apply(namespace)));
  await Promise.all([...access, node].map((object) => admin.apply(object)));
  await Promise.all(programs.crdsFiles.map((file) => applyCrds(admin, file)));
  await Promise.all(deployments.map((object) => admin.apply(object)));
  await waitFor('the pods', { limitMs, needs }, () => allReady(admin));
  say('the shop is in the cluster and its pods are ready');
  return {
    url: apiUrl,
    credentials,
    kubeconfigFile,
    admin,
    async forward(forwards) {
      // Its pods' names are known only now, and it reads its configuration once. It does not know whose addresses an
      // earlier process of it gave out, and would give them out again: it gets others.
      await processes.stop(kwok);
      await writeKwokConfig(programs.kwokDir, runDir, forwards);
      processes.start(kubelet(podRange.replace(/0\.0\/16$/, '128.1/17')));
    },
  };
}

function controllerManagerLaunch(
  programs: KubernetesPrograms,
  kubeconfigFile: string,
  credentials: Credentials,
): Launch {
  return {
    name: 'kube-controller-manager',
    command: join(programs.kubernetesDir, 'kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfigFile}`,
      '--bind-address=127.0.0.1',
      '--leader-elect=false',
      `--service-account-private-key-file=${credentials.accountKeyFile}`,
      `--root-ca-file=${credentials.caFile}`,
      // The default of 20 requests a second makes nine pods a second.
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
    ],
  };
}

function kwokLaunch(
  programs: KubernetesPrograms,
  kubeconfigFile: string,
  kwokConfig: string,
  credentials: Credentials,
  addresses: string,
): Launch {
  return {
    name: 'kwok',
    command: join(programs.kwokDir, 'kwok'),
    args: [
      `--kubeconfig=${kubeconfigFile}`,
      `--config=${kwokConfig}`,
      '--manage-all-nodes=true',
      `--cidr=${addresses}`,
      `--node-ip=${nodeAddress}`,
      `--node-port=${kubeletPort}`,
      `--server-address=${nodeAddress}:${kubeletPort}`,
      `--tls-cert-file=${credentials.serverCertFile}`,
      `--tls-private-key-file=${credentials.serverKeyFile}`,
    ],
  };
}

const room = { cpu: '64', memory: '256Gi', pods: '3000' };
const node: KubeObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: 'n1',
    labels: { 'kubernetes.io/hostname': 'n1', 'kubernetes.io/os': 'linux' },
    annotations: { 'kwok.x-k8s.io/node': 'fake' },
  },
  status: { allocatable: room, capacity: room },
};

/** Puts a file's custom kinds in and waits until they are served. */
export async function applyCrds(admin: ApiClient, file: string): Promise<void> {
  const documents = parseAllDocuments(await readFile(file, 'utf8'));
  const crds = documents
    .map((document) => document.toJS() as KubeObject | null)
    .filter((crd) => crd !== null);
  await Promise.all(crds.map((crd) => admin.apply(crd)));
  const paths = crds.map((crd) => servedAt(crd as unknown as ServedKind));
  await waitFor('custom kinds to be served', { limitMs: 30_000 }, async () => {
    const answers = await Promise.all(paths.map((path) => admin.call(`${path}?limit=1`)));
    return answers.every((answer) => answer.status === 200);
  });
}

interface ServedKind {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
}

function servedAt({ spec }: ServedKind): string {
  const version = spec.versions.find(({ served }) => served)?.name ?? '';
  return `/apis/${spec.group}/${version}/${spec.names.plural}`;
}

async function allReady(admin: ApiClient): Promise<boolean> {
  const { body } = await admin.call('/apis/apps/v1/deployments');
  const list = body as { items: { spec: { replicas: number }; status: { readyReplicas?: number } }[] };
  return (
    list.items.length > 0 && list.items.every(({ spec, status }) => status.readyReplicas === spec.replicas)
  );
}
