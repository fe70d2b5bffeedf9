import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { WorkloadControl } from '../../shared/connectors/kit/control.ts';
import { kubernetes, type KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import type { Expectation } from '../../shared/model/change.ts';
import type { ChangeWorkload } from '../../shared/model/operation.ts';
import type { WorkloadAction, WorkloadView } from '../../shared/model/workload.ts';
import { type ClusterUnderTest, hostOf } from './cluster.ts';

export const signal = AbortSignal.timeout(300_000);

export const openKubernetes = (settings: KubernetesSettings): Promise<Session> =>
  kubernetes.open(settings, hostOf());

/** Asks again until the answer is as expected; says what came last when that does not come. */
export async function poll<T>(
  ask: () => Promise<T>,
  expected: (answer: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (expected(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(
        `not as expected within ${timeoutMs} ms; last: ${JSON.stringify(answer)?.slice(0, 1500)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const appPaths = (namespace: string) => ({
  deployments: `/apis/apps/v1/namespaces/${namespace}/deployments`,
  replicaSets: `/apis/apps/v1/namespaces/${namespace}/replicasets`,
  autoscalers: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
  pods: `/api/v1/namespaces/${namespace}/pods`,
  services: `/api/v1/namespaces/${namespace}/services`,
  slices: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
  configMaps: `/api/v1/namespaces/${namespace}/configmaps`,
  secrets: `/api/v1/namespaces/${namespace}/secrets`,
});

type Container = Readonly<Record<string, unknown>>;

/** A Deployment of one service, and what its pods read. */
export const deploymentOf = (
  namespace: string,
  name: string,
  more: {
    readonly replicas?: number;
    readonly container?: Container;
    readonly volumes?: readonly unknown[];
    readonly annotations?: Readonly<Record<string, string>>;
    readonly spec?: Readonly<Record<string, unknown>>;
  } = {},
): unknown => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace, labels: { app: name }, annotations: more.annotations ?? {} },
  spec: {
    replicas: more.replicas ?? 2,
    selector: { matchLabels: { app: name } },
    ...more.spec,
    template: {
      metadata: { labels: { app: name, version: 'v1' } },
      spec: {
        // There is no scheduler: a pod names its node itself.
        nodeName: 'n1',
        containers: [{ name: 'app', image: `registry.example.com/${name}:1`, ...more.container }],
        ...(more.volumes === undefined ? {} : { volumes: more.volumes }),
      },
    },
  },
});

/** A Deployment with its Service, at rest. */
export async function createApp(
  cluster: ClusterUnderTest,
  name: string,
  more: Parameters<typeof deploymentOf>[2] = {},
): Promise<void> {
  const { namespace } = cluster;
  const path = appPaths(namespace);
  await cluster.call('POST', path.services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 8080, targetPort: 8080 }] },
  });
  await cluster.call('POST', path.deployments, deploymentOf(namespace, name, more));
  await atRest(cluster, name);
}

interface Deployment {
  readonly metadata: { readonly generation?: number; readonly [field: string]: unknown };
  readonly spec: { readonly replicas?: number; readonly [field: string]: unknown };
  readonly status?: { readonly [field: string]: unknown };
}

export const readDeployment = async (cluster: ClusterUnderTest, name: string): Promise<Deployment> =>
  (await cluster.call('GET', `${appPaths(cluster.namespace).deployments}/${name}`)) as Deployment;

/** Whether every instance that is asked for runs the newest template. */
export const isAtRest = ({ metadata, spec, status }: Deployment): boolean =>
  status?.['observedGeneration'] === metadata.generation &&
  (status?.['updatedReplicas'] ?? 0) === spec.replicas &&
  (status?.['availableReplicas'] ?? 0) === spec.replicas &&
  (status?.['replicas'] ?? 0) === spec.replicas;

export const atRest = (cluster: ClusterUnderTest, name: string): Promise<Deployment> =>
  poll(() => readDeployment(cluster, name), isAtRest);

/** What operators wrote of it, without what the server counts. */
export const lasting = ({ spec, metadata }: Deployment): unknown => ({
  spec,
  labels: metadata['labels'],
  annotations: Object.fromEntries(
    Object.entries(metadata['annotations'] ?? {}).filter(
      ([key]) => !/^(deployment|deprecated\.daemonset)\./.test(key),
    ),
  ),
});

export function workloadsOf(session: Session): WorkloadControl {
  if (session.workloads === undefined) throw new Error('the session has no workloads');
  return session.workloads;
}

/** The view of the service's only workload. */
export async function viewOf(session: Session, namespace: string, name: string): Promise<WorkloadView> {
  const [view] = await workloadsOf(session).read({ namespace, name, hosts: [] }, signal);
  if (view === undefined) throw new Error(`nothing runs behind ${name}`);
  return view;
}

export const asked = (view: WorkloadView, action: WorkloadAction): ChangeWorkload => ({
  kind: 'changeWorkload',
  connectionId: view.connectionId,
  serviceId: null,
  workload: view.ref,
  revision: view.revision,
  action,
});

/** Asks for the proof until it is as expected. */
export const proven = (session: Session, expectation: Expectation, state: string, since = Date.now()) =>
  poll(
    async () => (await session.proof?.loaded(expectation, since, signal)) ?? null,
    (proof) => proof?.state === state,
  );
