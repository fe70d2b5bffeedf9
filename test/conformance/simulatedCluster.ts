import type { KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import { followRoutes } from '../../shared/rehearsal/controllers/routeStatus.ts';
import {
  adminRules,
  namespaceRules,
  type KubeUser,
  viewerRules,
} from '../../shared/rehearsal/kube/access.ts';
import {
  type KubeServer,
  type KubeServerOptions,
  startKubeServer,
} from '../../shared/rehearsal/kube/server.ts';
import { createObjectStore, type KubeObject, type ObjectStore } from '../../shared/rehearsal/kube/store.ts';
import type { OperatorOf } from '../support/bindRoles.ts';
import { documentedRules } from '../support/documentedRoles.ts';
import type { ClusterUnderTest } from './cluster.ts';

/** The rehearsal's API server as a cluster under test, with the handles that only a simulator has. */
export interface SimulatedCluster extends ClusterUnderTest {
  readonly server: KubeServer;
  readonly store: ObjectStore;
  readonly tokens: Map<string, KubeUser>;
  settingsFor(user: string): KubernetesSettings;
}

export async function startSimulatedCluster(
  options: Partial<KubeServerOptions> = {},
  { istiod = true }: { readonly istiod?: boolean } = {},
): Promise<SimulatedCluster> {
  const { store = createObjectStore() } = options;
  const namespace = 'shop';
  store.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  store.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } });
  const tokens = new Map<string, KubeUser>([
    ['admin', { name: 'admin', groups: ['system:masters'], rules: adminRules }],
    ['viewer', { name: 'viewer', rules: viewerRules }],
    ['limited', { name: 'limited', rules: namespaceRules(namespace) }],
    ['expired', { name: 'admin', rules: adminRules, expiresAt: 1 }],
  ]);
  // istiod, for the routes of the Gateway API.
  const unfollow =
    istiod && options.serves?.includes('gateway.networking.k8s.io')
      ? followRoutes(store, Date.now)
      : () => undefined;
  const server = await startKubeServer({ tokens, proxies: () => undefined, ...options, store });
  const settingsFor = (user: string): KubernetesSettings => ({
    kubeconfig: { text: kubeconfigOf(server.url, user) },
    context: user,
  });
  return {
    server,
    store,
    tokens,
    namespace,
    settings: settingsFor('admin'),
    settingsFor,
    async call(method, path, body) {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const answer = await fetch(`${server.url}${path}`, {
        method,
        headers: { authorization: 'Bearer admin', 'content-type': type, 'user-agent': 'kubectl/v1.36' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return JSON.parse(text) as unknown;
    },
    run(workload) {
      runDeployment(store, namespace, workload);
      writeSlices(store, namespace);
      return Promise.resolve();
    },
    stop({ app, version }) {
      const mine = (labels: Readonly<Record<string, string>> = {}): boolean =>
        labels['app'] === app && labels['version'] === version;
      for (const resource of ['pods', 'replicasets', 'deployments']) {
        for (const object of store.list(resource, namespace))
          if (mine(object.metadata.labels)) store.remove(resource, namespace, object.metadata.name);
      }
      writeSlices(store, namespace);
      return Promise.resolve();
    },
    [Symbol.asyncDispose]() {
      unfollow();
      return server.close();
    },
  };
}

/** Somebody who has these documented roles in the cluster's namespace, with those given before, and nothing else. */
export const simulatedOperatorOf: OperatorOf<SimulatedCluster> = (
  { tokens, settingsFor, namespace },
  roles,
) => {
  const rules = roles.flatMap(documentedRules).map((rule) => ({ ...rule, namespaces: [namespace] }));
  const reviews = {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io', 'authentication.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectreviews'],
  };
  const before = tokens.get('operator')?.rules ?? [];
  tokens.set('operator', { name: 'operator', rules: [...before, ...rules, reviews] });
  return Promise.resolve({ ...settingsFor('operator'), namespaces: [namespace] });
};

const kubeconfigOf = (server: string, user: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'simulated', cluster: { server } }],
    users: [{ name: user, user: { token: user } }],
    contexts: [{ name: user, context: { cluster: 'simulated', user } }],
    'current-context': user,
  });

/** What a Deployment's controllers would have made of it: the simulator has none. */
function runDeployment(
  store: ObjectStore,
  namespace: string,
  { app, version, instances, sidecar = false }: Parameters<ClusterUnderTest['run']>[0],
): void {
  const labels = { app, version };
  const name = `${app}-${version}`;
  const proxy = sidecar ? [{ name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.31' }] : [];
  const spec = { containers: [{ name: 'app', image: `registry.example.com/${app}:${version}` }, ...proxy] };
  const parts = {
    replicas: instances,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec },
  };
  const ownedBy = ({ apiVersion, kind, metadata }: KubeObject) => [
    { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true },
  ];
  const deployment = store.put({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: parts,
    status: { observedGeneration: 1, replicas: instances, readyReplicas: instances },
  });
  const set = store.put({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-1`,
      namespace,
      labels,
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      ownerReferences: ownedBy(deployment),
    },
    spec: parts,
  });
  for (let index = 0; index < instances; index += 1) {
    store.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `${name}-1-${index}`, namespace, labels, ownerReferences: ownedBy(set) },
      spec: { ...spec, nodeName: 'n1' },
      status: {
        phase: 'Running',
        startTime: '2026-11-22T00:00:00Z',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [{ name: 'app', ready: true, restartCount: 0, state: { running: {} } }],
      },
    });
  }
}

/** One slice per Service, of the ready pods that it selects. */
function writeSlices(store: ObjectStore, namespace: string): void {
  for (const service of store.list('services', namespace)) {
    const { name } = service.metadata;
    const spec = service['spec'] as { readonly selector?: Readonly<Record<string, string>> };
    const selector = Object.entries(spec.selector ?? {});
    const pods = store
      .list('pods', namespace)
      .filter((pod) => selector.every(([key, value]) => pod.metadata.labels?.[key] === value));
    store.put({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: pods.map((pod, index) => ({
        addresses: [`10.200.0.${index + 1}`],
        conditions: { ready: true },
        targetRef: { kind: 'Pod', name: pod.metadata.name, namespace, uid: pod.metadata.uid },
      })),
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    });
  }
}
