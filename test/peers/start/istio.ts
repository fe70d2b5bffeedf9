import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiClient, type KubeObject, pathOf } from './api.ts';
import type { KubernetesPeer } from './kubernetes.ts';
import { type Processes, type Running, statusOf, waitFor } from './processes.ts';
import { meshObjects } from './shop.ts';

export const istiodGrpcPort = 15010;

export interface IstiodPeer {
  /** istiod's debug pages (`/debug/syncz` …), free of tokens on loopback. */
  readonly debugUrl: string;
  /** istiod's own metrics. */
  readonly metricsUrl: string;
}

const debugUrl = 'http://127.0.0.1:15080';
const limitMs = 60_000;

// No default providers: Istio's stats filter exists only in Istio's own build of Envoy, and stock Envoy refuses the
// whole listener for it. For the same reason metadata exchange and the ALPN filter are switched off below.
const meshConfig = {
  defaultConfig: { discoveryAddress: `127.0.0.1:${istiodGrpcPort}` },
  enableAutoMtls: false,
  trustDomain: 'cluster.local',
  rootNamespace: 'istio-system',
  ingressControllerMode: 'OFF',
  outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
};

/** Starts istiod with its validation webhook and puts the mesh's documents in. */
export async function startIstiod(
  programDir: string,
  kubernetes: KubernetesPeer,
  processes: Processes,
  runDir: string,
): Promise<IstiodPeer> {
  // istiod looks for ./etc and ./var below its working folder.
  const dir = join(runDir, 'istiod');
  await mkdir(dir, { recursive: true });
  const meshFile = join(dir, 'mesh.yaml');
  await writeFile(meshFile, JSON.stringify(meshConfig));
  const istiod = processes.start({
    name: 'istiod',
    command: join(programDir, 'pilot-discovery'),
    cwd: dir,
    env: {
      PATH: process.env['PATH'],
      HOME: dir,
      POD_NAMESPACE: 'istio-system',
      POD_NAME: 'istiod-1',
      SERVICE_ACCOUNT: 'istiod',
      CLUSTER_ID: 'Kubernetes',
      REVISION: 'default',
      ENABLE_LEADER_ELECTION: 'false',
      INJECT_ENABLED: 'false',
      ISTIOD_CUSTOM_HOST: 'localhost',
      VALIDATION_WEBHOOK_CONFIG_NAME: webhook.metadata.name,
      // It reads the Gateway API's routes, and makes no proxies for its Gateways: there would be nobody to run them.
      PILOT_ENABLE_GATEWAY_API: 'true',
      PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER: 'false',
      PILOT_ENABLE_METADATA_EXCHANGE: 'false',
      PILOT_ENABLE_ALPN_FILTER: 'false',
    },
    args: [
      'discovery',
      `--kubeconfig=${kubernetes.kubeconfigFile}`,
      `--meshConfig=${meshFile}`,
      '--networksConfig=/dev/null',
      '--httpAddr=127.0.0.1:15080',
      '--httpsAddr=127.0.0.1:15017',
      `--grpcAddr=127.0.0.1:${istiodGrpcPort}`,
      '--secureGRPCAddr=127.0.0.1:15012',
      // Every address, so that Prometheus finds it at the istiod pod's.
      '--monitoringAddr=0.0.0.0:15014',
      '--ctrlz_address=127.0.0.1',
      '--ctrlz_port=15019',
      '--keepaliveMaxServerConnectionAge=24h',
      '--shutdownDuration=1s',
    ],
  });
  const wait = { limitMs, needs: [istiod] };
  await waitFor('istiod', wait, async () => (await statusOf(`${debugUrl}/ready`)) === 200);
  await kubernetes.admin.apply(webhook);
  await waitForWebhook(kubernetes.admin, [istiod]);
  // Applied after the webhook is live, so that every one of them is proven valid.
  for (const object of meshObjects) await kubernetes.admin.apply(object);
  return { debugUrl, metricsUrl: 'http://127.0.0.1:15014/metrics' };
}

/** istiod's validation of what is written; it fills in its own certificate authority. */
export const webhook = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: {
    name: 'istiod-default-validator',
    labels: { app: 'istiod', istio: 'istiod', 'istio.io/rev': 'default' },
  },
  webhooks: [
    {
      name: 'validation.istio.io',
      clientConfig: { url: 'https://localhost:15017/validate' },
      rules: [
        {
          operations: ['CREATE', 'UPDATE'],
          apiGroups: [
            'security.istio.io',
            'networking.istio.io',
            'telemetry.istio.io',
            'extensions.istio.io',
          ],
          apiVersions: ['*'],
          resources: ['*'],
        },
      ],
      failurePolicy: 'Ignore',
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    },
  ],
} as const satisfies KubeObject;

/**
 * istiod fills in its CA and turns the policy to Fail by itself; only then does the webhook refuse anything, and the
 * API server takes a moment more to notice.
 */
export async function waitForWebhook(admin: ApiClient, needs: readonly Running[]): Promise<void> {
  const path = pathOf(webhook);
  await waitFor('the validation webhook', { limitMs, needs }, async () => {
    const { body } = await admin.call(path);
    return (body as { webhooks?: { failurePolicy: string }[] }).webhooks?.[0]?.failurePolicy === 'Fail';
  });
  await waitFor(
    'a bad document to be refused',
    { limitMs, needs },
    async () => (await offerBadDocument(admin)) === 400,
  );
}

/** Takes the webhook away and waits until the API server has noticed. */
export async function removeWebhook(admin: ApiClient): Promise<void> {
  await admin.call(pathOf(webhook), { method: 'DELETE' });
  await waitFor(
    'a bad document to be accepted',
    { limitMs },
    async () => (await offerBadDocument(admin)) === 201,
  );
}

/** The status of a dry run of a VirtualService whose weights are all zero. */
async function offerBadDocument(admin: ApiClient): Promise<number> {
  const route = [
    { destination: { host: 'nowhere' }, weight: 0 },
    { destination: { host: 'elsewhere' }, weight: 0 },
  ];
  const body = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'validation-probe' },
    spec: { hosts: ['nowhere'], http: [{ route }] },
  };
  const path = '/apis/networking.istio.io/v1/namespaces/shop/virtualservices?dryRun=All';
  return (await admin.call(path, { method: 'POST', body })).status;
}
