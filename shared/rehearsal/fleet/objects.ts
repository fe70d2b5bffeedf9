import { applicationMemoryMebibytes } from '../traffic/containerUse.ts';
import type { KubeInput } from '../kube/store.ts';
import type { ServiceSpec, VersionSpec } from './fleet.ts';
import { podOf, type PodPlace } from './pods.ts';
import { timeOf } from './time.ts';

/** A short stable hash, in the letters Kubernetes uses for names. */
export function nameHash(text: string, length: number): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  let state = 2_166_136_261;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619);
  let name = '';
  for (let index = 0; index < length; index += 1) {
    state = Math.imul(state ^ (state >>> 13), 1_540_483_477) + index;
    name += letters[(state >>> 8) % letters.length] ?? 'x';
  }
  return name;
}

/** Namespaces with Istio's sidecars switched on, or off. */
export function namespaceObject(name: string, createdAt: number, injected: boolean): KubeInput {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { 'kubernetes.io/metadata.name': name, ...(injected ? { 'istio-injection': 'enabled' } : {}) },
      creationTimestamp: timeOf(createdAt),
    },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}

/** Everything a service is made of: Service, ServiceAccount, Deployments with their revisions, Pods, EndpointSlice. */
export function serviceObjects(spec: ServiceSpec, now: number, places: () => PodPlace): KubeInput[] {
  const { namespace, name } = spec;
  const oldest = Math.max(...spec.versions.map(oldestMinutes));
  const createdAt = now - (oldest + 43_200) * 60_000;
  const labels = { app: name, 'app.kubernetes.io/name': name, team: spec.owner, ...spec.labels };
  const pods = spec.versions.flatMap((version) => versionPods(spec, version, now, places));
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace, creationTimestamp: timeOf(createdAt) },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels, creationTimestamp: timeOf(createdAt) },
      spec: {
        type: spec.type ?? 'ClusterIP',
        selector: { app: name },
        ports: spec.ports.map((port) => ({ ...port, targetPort: port.port, protocol: 'TCP' })),
      },
    },
    ...spec.versions.flatMap((version) => deploymentObjects(spec, version, now)),
    ...pods,
    endpointSlice(spec, pods, createdAt),
  ];
}

/** The name of a version's Deployment. */
export const workloadName = (spec: ServiceSpec, version: VersionSpec): string =>
  version.workload ?? spec.name;

const oldestMinutes = (version: VersionSpec): number =>
  version.before?.deployedMinutesAgo ?? version.deployedMinutesAgo;

function podLabels(spec: ServiceSpec, version: VersionSpec): Record<string, string> {
  return {
    app: spec.name,
    'app.kubernetes.io/name': spec.name,
    version: version.version,
    team: spec.owner,
    ...(spec.outsideMesh === true
      ? {}
      : {
          'security.istio.io/tlsMode': 'istio',
          'service.istio.io/canonical-name': spec.name,
          'service.istio.io/canonical-revision': version.version,
        }),
    ...spec.labels,
  };
}

function deploymentObjects(spec: ServiceSpec, version: VersionSpec, now: number): KubeInput[] {
  const { namespace } = spec;
  const name = workloadName(spec, version);
  const labels = podLabels(spec, version);
  const annotations = spec.podAnnotations === undefined ? {} : { annotations: spec.podAnnotations };
  const createdAt = now - oldestMinutes(version) * 60_000;
  const history = [...(version.before === undefined ? [] : [version.before]), version];
  const container = (image: string): object => ({
    name: spec.name,
    image,
    ports: spec.ports.map(containerPort),
    resources,
  });
  const selector = { matchLabels: { app: spec.name, version: version.version } };
  const available = {
    replicas: version.replicas,
    readyReplicas: version.replicas,
    availableReplicas: version.replicas,
  };
  const deployment: KubeInput = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      labels: { app: spec.name, version: version.version, team: spec.owner, ...spec.labels },
      annotations: { 'deployment.kubernetes.io/revision': String(history.length) },
      creationTimestamp: timeOf(createdAt),
    },
    spec: {
      replicas: version.replicas,
      selector,
      template: {
        metadata: { labels, ...annotations },
        spec: { serviceAccountName: spec.name, containers: [container(version.image)] },
      },
    },
    status: {
      observedGeneration: 1,
      ...available,
      updatedReplicas: version.replicas,
      conditions: [
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
        { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
      ],
    },
  };
  const sets = history.map((revision, index): KubeInput => {
    const current = index === history.length - 1;
    const hash = revisionHash(namespace, name, revision.image);
    return {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${name}-${hash}`,
        namespace,
        labels: { ...labels, 'pod-template-hash': hash },
        annotations: { 'deployment.kubernetes.io/revision': String(index + 1) },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid: '', controller: true }],
        creationTimestamp: timeOf(now - revision.deployedMinutesAgo * 60_000),
      },
      spec: {
        replicas: current ? version.replicas : 0,
        selector: { matchLabels: { ...selector.matchLabels, 'pod-template-hash': hash } },
        template: {
          metadata: { labels: { ...labels, 'pod-template-hash': hash }, ...annotations },
          spec: { serviceAccountName: spec.name, containers: [container(revision.image)] },
        },
      },
      status: current ? { ...available, observedGeneration: 1 } : { replicas: 0, observedGeneration: 1 },
    };
  });
  return [deployment, ...sets];
}

function versionPods(
  spec: ServiceSpec,
  version: VersionSpec,
  now: number,
  places: () => PodPlace,
): KubeInput[] {
  const workload = workloadName(spec, version);
  const hash = revisionHash(spec.namespace, workload, version.image);
  return Array.from({ length: version.replicas }, (_, index) =>
    podOf({
      namespace: spec.namespace,
      name: `${workload}-${hash}-${nameHash(`${spec.namespace}/${workload}/${index}`, 5)}`,
      owner: `${workload}-${hash}`,
      service: spec.name,
      image: version.image,
      labels: { ...podLabels(spec, version), 'pod-template-hash': hash },
      ports: spec.ports.map(containerPort),
      resources,
      annotations: spec.podAnnotations ?? {},
      sidecar: spec.outsideMesh !== true,
      restarts: index === 0 ? (version.restarts ?? 0) : 0,
      startedAt: now - version.deployedMinutesAgo * 60_000 + index * 4_000,
      place: places(),
    }),
  );
}

/** What every application of the fleet may use; what it does use is made up with the metrics. */
const resources = {
  requests: { cpu: '250m', memory: '256Mi' },
  limits: { cpu: '1', memory: `${applicationMemoryMebibytes}Mi` },
};

const containerPort = (port: ServiceSpec['ports'][number]): { name: string; containerPort: number } => ({
  name: port.name,
  containerPort: port.port,
});

const revisionHash = (namespace: string, name: string, image: string): string =>
  nameHash(`${namespace}/${name}/${image}`, 9);

function endpointSlice(spec: ServiceSpec, pods: readonly KubeInput[], createdAt: number): KubeInput {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${spec.name}-${nameHash(`${spec.namespace}/${spec.name}`, 5)}`,
      namespace: spec.namespace,
      labels: {
        'kubernetes.io/service-name': spec.name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
      creationTimestamp: timeOf(createdAt),
    },
    addressType: 'IPv4',
    endpoints: pods.map((pod) => {
      const status = pod['status'] as { readonly podIP: string }; // podOf wrote it
      const { nodeName } = pod['spec'] as { readonly nodeName: string }; // podOf wrote it
      return {
        addresses: [status.podIP],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName,
        targetRef: { kind: 'Pod', name: pod.metadata.name, namespace: spec.namespace },
      };
    }),
    ports: spec.ports.map(({ name, port }) => ({ name, port, protocol: 'TCP' })),
  };
}
