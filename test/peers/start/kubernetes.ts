import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { nodeAddress, podRange } from '../namespace.ts';
import { access } from './access.ts';
import { type ApiClient, type KubeObject, createApiClient } from './api.ts';
import { type Credentials, createCredentials, writeKubeconfig } from './certificates.ts';
import { kubeletPort, writeKwokConfig } from './kubelet.ts';
import { type Processes, statusOf, waitFor } from './processes.ts';
import { deployments, namespaces } from './shop.ts';

/** The programs' folders and settings. */
export interface KubernetesPrograms {
  readonly etcdDir: string;
  readonly kubernetesDir: string;
  readonly kwokDir: string;
  readonly crdsFile: string;
}

/** The running control plane. */
export interface KubernetesPeer {
  readonly url: string;
  readonly credentials: Credentials;
  readonly kubeconfigFile: string;
  readonly admin: ApiClient;
}

// Ports can be fixed: the network namespace belongs to this run alone.
const etcdUrl = 'http://127.0.0.1:2379';
const etcdPeerUrl = 'http://127.0.0.1:2380';
const apiUrl = 'https://127.0.0.1:6443';
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

  await mkdir(join(runDir, 'etcd'), { mode: 0o700 });
  const etcd = processes.start({
    name: 'etcd',
    command: join(programs.etcdDir, 'etcd'),
    args: [
      '--name=e1',
      `--data-dir=${join(runDir, 'etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${etcdPeerUrl}`,
      `--initial-advertise-peer-urls=${etcdPeerUrl}`,
      `--initial-cluster=e1=${etcdPeerUrl}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ],
  });
  await waitFor(
    'etcd',
    { limitMs, needs: [etcd] },
    async () => (await statusOf(`${etcdUrl}/health`)) === 200,
  );
  say('etcd is healthy');

  const apiserver = processes.start({
    name: 'kube-apiserver',
    command: join(programs.kubernetesDir, 'kube-apiserver'),
    args: [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--secure-port=6443',
      // The address it would advertise is a loopback one, which its own Endpoints object refuses.
      '--endpoint-reconciler-type=none',
      '--service-cluster-ip-range=10.96.0.0/16',
      '--authorization-mode=RBAC',
      '--anonymous-auth=false',
      `--client-ca-file=${credentials.caFile}`,
      `--tls-cert-file=${credentials.serverCertFile}`,
      `--tls-private-key-file=${credentials.serverKeyFile}`,
      `--token-auth-file=${credentials.tokensFile}`,
      `--service-account-issuer=${apiUrl}`,
      `--service-account-key-file=${credentials.accountKeyFile}`,
      `--service-account-signing-key-file=${credentials.accountKeyFile}`,
      `--etcd-compaction-interval=${compactionSeconds}s`,
    ],
  });
  const admin = createApiClient(apiUrl, credentials.caFile, credentials.tokens.admin);
  const needs = [etcd, apiserver];
  await waitFor(
    'the API server',
    { limitMs, needs },
    async () => (await admin.call('/readyz')).status === 200,
  );
  say('the API server is ready');

  const kwokConfig = await writeKwokConfig(programs.kwokDir, runDir);
  startControllers(programs, processes, kubeconfigFile, kwokConfig, credentials);
  await Promise.all(namespaces.map((namespace) => admin.apply(namespace)));
  await Promise.all([...access, node].map((object) => admin.apply(object)));
  await applyCrds(admin, programs.crdsFile);
  await Promise.all(deployments.map((object) => admin.apply(object)));
  await waitFor('the pods', { limitMs, needs }, () => allReady(admin));
  say('the shop is in the cluster and its pods are ready');
  return { url: apiUrl, credentials, kubeconfigFile, admin };
}

function startControllers(
  programs: KubernetesPrograms,
  processes: Processes,
  kubeconfigFile: string,
  kwokConfig: string,
  credentials: Credentials,
): void {
  processes.start({
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
  });
  processes.start({
    name: 'kwok',
    command: join(programs.kwokDir, 'kwok'),
    args: [
      `--kubeconfig=${kubeconfigFile}`,
      `--config=${kwokConfig}`,
      '--manage-all-nodes=true',
      `--cidr=${podRange.replace(/0\/16$/, '1/16')}`,
      `--node-ip=${nodeAddress}`,
      `--node-port=${kubeletPort}`,
      `--server-address=${nodeAddress}:${kubeletPort}`,
      `--tls-cert-file=${credentials.serverCertFile}`,
      `--tls-private-key-file=${credentials.serverKeyFile}`,
    ],
  });
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

async function applyCrds(admin: ApiClient, file: string): Promise<void> {
  const documents = parseAllDocuments(await readFile(file, 'utf8'));
  const crds = documents
    .map((document) => document.toJS() as KubeObject | null)
    .filter((crd) => crd !== null);
  await Promise.all(crds.map((crd) => admin.apply(crd)));
  await waitFor('Istio kinds to be served', { limitMs: 30_000 }, async () => {
    const paths = [
      '/apis/networking.istio.io/v1/virtualservices',
      '/apis/security.istio.io/v1/peerauthentications',
    ];
    const answers = await Promise.all(paths.map((path) => admin.call(path)));
    return answers.every((answer) => answer.status === 200);
  });
}

async function allReady(admin: ApiClient): Promise<boolean> {
  const { body } = await admin.call('/apis/apps/v1/deployments');
  const list = body as { items: { spec: { replicas: number }; status: { readyReplicas?: number } }[] };
  return (
    list.items.length > 0 && list.items.every(({ spec, status }) => status.readyReplicas === spec.replicas)
  );
}
