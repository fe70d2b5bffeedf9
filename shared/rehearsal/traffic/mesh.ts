import type { KubeObject, ObjectStore } from '../kube/store.ts';
import {
  durationMsOf,
  fieldsAt,
  listAt,
  numberOf,
  selects,
  textOf,
  textsOf,
  type Fields,
} from './reading.ts';

/** A running copy that can take requests. */
export interface MeshPod {
  /** `namespace/name` */
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly address: string;
  readonly workload: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly version: string;
  readonly ready: boolean;
}

/** A host that can be called. */
export interface MeshService {
  readonly host: string;
  readonly namespace: string;
  /** As Istio names it: the Service's name, for a ServiceEntry its host. */
  readonly name: string;
  readonly external: boolean;
  readonly selector: Fields | null;
}

/** Pods of one workload behind a host. */
export interface MeshWorkload {
  readonly id: string;
  readonly pods: readonly MeshPod[];
}

/** A host, or one subset of it, as a client's proxy knows it. */
export interface Cluster {
  readonly id: string;
  readonly service: MeshService;
  /** False for a subset that no DestinationRule declares: Envoy then has no such cluster. */
  readonly exists: boolean;
  readonly workloads: readonly MeshWorkload[];
  /** Requests at once per client proxy. */
  readonly limit: number | null;
  readonly ejection: {
    readonly consecutive: number;
    readonly baseMs: number;
    readonly maxRatio: number;
  } | null;
}

/** What the mesh is, as the objects say. */
export interface MeshObjects {
  readonly services: ReadonlyMap<string, MeshService>;
  readonly pods: readonly MeshPod[];
  readonly podsByWorkload: ReadonlyMap<string, readonly MeshPod[]>;
  readonly rules: ReadonlyMap<string, Fields>;
  readonly routes: readonly KubeObject[];
}

/** Reads services, pods and rules from the store. */
export function readMesh(store: ObjectStore): MeshObjects {
  const pods = store.list('pods').map(podOf);
  const podsByWorkload = new Map<string, MeshPod[]>();
  for (const pod of pods) {
    if (!pod.ready) continue;
    const id = `${pod.namespace}/${pod.workload}`;
    const known = podsByWorkload.get(id);
    if (known === undefined) podsByWorkload.set(id, [pod]);
    else known.push(pod);
  }
  const services = new Map<string, MeshService>();
  for (const object of store.list('services')) {
    const namespace = object.metadata.namespace ?? '';
    const { name } = object.metadata;
    const host = `${name}.${namespace}.svc.cluster.local`;
    const selector = fieldsAt(object, 'spec', 'selector');
    services.set(host, {
      host,
      namespace,
      name,
      external: false,
      selector: Object.keys(selector).length > 0 ? selector : null,
    });
  }
  for (const object of store.list('serviceentries')) {
    for (const host of listAt(object, 'spec', 'hosts')) {
      if (typeof host !== 'string' || services.has(host)) continue;
      const namespace = object.metadata.namespace ?? '';
      services.set(host, { host, namespace, name: host, external: true, selector: null });
    }
  }
  const rules = new Map<string, Fields>();
  for (const object of store.list('destinationrules')) {
    const host = resolveHost(
      textOf(fieldsAt(object, 'spec')['host']),
      object.metadata.namespace ?? '',
      services,
    );
    if (host !== null && !rules.has(host)) rules.set(host, fieldsAt(object, 'spec'));
  }
  // Where two claim a host, Istio's sidecars follow the older.
  const routes = [...store.list('virtualservices')].sort((left, right) =>
    left.metadata.creationTimestamp < right.metadata.creationTimestamp ? -1 : 1,
  );
  return { services, pods, podsByWorkload, rules, routes };
}

/** The fully qualified name of a host as a document in `namespace` writes it. */
export function resolveHost(
  host: string | null,
  namespace: string,
  services: ReadonlyMap<string, MeshService>,
): string | null {
  if (host === null || host === '') return null;
  if (services.has(host)) return host;
  if (!host.includes('.')) return `${host}.${namespace}.svc.cluster.local`;
  const qualified = host.endsWith('.svc') ? `${host}.cluster.local` : `${host}.svc.cluster.local`;
  return services.has(qualified) ? qualified : host;
}

/** The cluster of a host and subset; null for a host that nothing declares. */
export function clusterOf(host: string, subset: string | null, mesh: MeshObjects): Cluster | null {
  const service = mesh.services.get(host);
  if (service === undefined) return null;
  const rule = mesh.rules.get(host);
  const declared = listAt(rule, 'subsets').find((one) => fieldsAt(one)['name'] === subset);
  const exists = subset === null || declared !== undefined;
  const labels = textsOf(fieldsAt(declared, 'labels'));
  const chosen = new Map<string, MeshPod[]>();
  for (const pod of mesh.pods) {
    if (!pod.ready || !exists || service.selector === null || pod.namespace !== service.namespace) continue;
    if (!selects(service.selector, pod.labels) || !selects(labels, pod.labels)) continue;
    const known = chosen.get(pod.workload);
    if (known === undefined) chosen.set(pod.workload, [pod]);
    else known.push(pod);
  }
  const common = fieldsAt(rule, 'trafficPolicy');
  const own = fieldsAt(declared, 'trafficPolicy');
  const policy = (name: string): Fields => (name in own ? fieldsAt(own, name) : fieldsAt(common, name));
  return {
    id: `${subset ?? ''}|${host}`,
    service,
    exists,
    workloads: [...chosen].map(([workload, pods]) => ({ id: `${service.namespace}/${workload}`, pods })),
    limit: limitOf(policy('connectionPool')),
    ejection:
      'outlierDetection' in own || 'outlierDetection' in common
        ? ejectionOf(policy('outlierDetection'))
        : null,
  };
}

/** Zero means "not set" to Istio, so it is no limit. */
function limitOf(pool: Fields): number | null {
  const positive = (value: unknown): number => {
    const number = numberOf(value);
    return number !== null && number > 0 ? number : Number.POSITIVE_INFINITY;
  };
  const http = fieldsAt(pool, 'http');
  const connections =
    positive(fieldsAt(pool, 'tcp')['maxConnections']) + positive(http['http1MaxPendingRequests']);
  const limit = Math.min(positive(http['http2MaxRequests']), connections);
  return Number.isFinite(limit) ? limit : null;
}

function ejectionOf(detection: Fields): Cluster['ejection'] {
  const gateway = numberOf(detection['consecutiveGatewayErrors']);
  const consecutive = numberOf(detection['consecutive5xxErrors']) ?? gateway ?? 5;
  if (consecutive <= 0) return null;
  const percent = numberOf(detection['maxEjectionPercent']);
  return {
    consecutive,
    baseMs: durationMsOf(detection['baseEjectionTime']) ?? 30_000,
    maxRatio: percent === null || percent <= 0 ? 0.1 : percent / 100,
  };
}

function podOf(object: KubeObject): MeshPod {
  const labels = object.metadata.labels ?? {};
  const namespace = object.metadata.namespace ?? '';
  const owner = fieldsAt(listAt(object, 'metadata', 'ownerReferences')[0]);
  const hash = labels['pod-template-hash'];
  const ownerName = textOf(owner['name']) ?? object.metadata.name;
  const ready = listAt(object, 'status', 'conditions').some((condition) => {
    const { type, status } = fieldsAt(condition);
    return type === 'Ready' && status === 'True';
  });
  return {
    id: `${namespace}/${object.metadata.name}`,
    name: object.metadata.name,
    namespace,
    address: textOf(fieldsAt(object, 'status')['podIP']) ?? '0.0.0.0',
    workload:
      hash !== undefined && ownerName.endsWith(`-${hash}`) ? ownerName.slice(0, -hash.length - 1) : ownerName,
    labels,
    version: labels['service.istio.io/canonical-revision'] ?? labels['version'] ?? 'latest',
    ready: ready && object.metadata['deletionTimestamp'] === undefined,
  };
}
