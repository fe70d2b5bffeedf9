import type { KubeObject, ObjectStore } from '../kube/store.ts';
import { policyOf, type Policy } from './policies.ts';
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
  /** Its annotation with settings of its own proxy, as written. */
  readonly proxyConfig: string | null;
}

/** A host that can be called. */
export interface MeshService {
  readonly host: string;
  readonly namespace: string;
  /** As Istio names it: the Service's name, for a ServiceEntry its host. */
  readonly name: string;
  readonly external: boolean;
  /** The first that it declares; null when it declares none. */
  readonly port: number | null;
  readonly selector: Fields | null;
}

/** Pods of one workload behind a host. */
export interface MeshWorkload {
  readonly id: string;
  readonly pods: readonly MeshPod[];
}

/** What a client's proxy allows towards a cluster at once; null is no limit. */
export interface Limits {
  readonly requests: number | null;
  readonly connections: number | null;
  readonly pending: number | null;
}

/** When a client's proxy takes an instance out, and for how long. */
export interface Ejection {
  readonly consecutive5xx: number | null;
  readonly consecutiveGateway: number | null;
  readonly baseMs: number;
  /** How often those taken out are looked at. */
  readonly intervalMs: number;
  readonly maxRatio: number;
  /** With fewer than this share in, all are asked again. */
  readonly minHealthyRatio: number;
}

/** A host, or one subset of it, as a client's proxy knows it. */
export interface Cluster {
  readonly id: string;
  readonly service: MeshService;
  /** As Envoy's statistics name it. */
  readonly name: string;
  /** False for a subset that no DestinationRule declares: Envoy then has no such cluster. */
  readonly exists: boolean;
  readonly workloads: readonly MeshWorkload[];
  readonly limits: Limits;
  readonly ejection: Ejection | null;
}

/** What the mesh is, as the objects say. */
export interface MeshObjects {
  readonly services: ReadonlyMap<string, MeshService>;
  readonly pods: readonly MeshPod[];
  readonly podsByWorkload: ReadonlyMap<string, readonly MeshPod[]>;
  readonly rules: ReadonlyMap<string, Fields>;
  readonly routes: readonly KubeObject[];
  readonly policies: readonly Policy[];
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
      port: portOf(object),
      selector: Object.keys(selector).length > 0 ? selector : null,
    });
  }
  for (const object of store.list('serviceentries')) {
    for (const host of listAt(object, 'spec', 'hosts')) {
      if (typeof host !== 'string' || services.has(host)) continue;
      const namespace = object.metadata.namespace ?? '';
      const port = portOf(object);
      services.set(host, { host, namespace, name: host, external: true, port, selector: null });
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
  // Where two claim a host, Istio's sidecars follow the older; of the same second, the one first by name.
  const routes = [...store.list('virtualservices')].sort((left, right) => byAge(left, right));
  const policies = store.list('authorizationpolicies').flatMap((object) => policyOf(object) ?? []);
  return { services, pods, podsByWorkload, rules, routes, policies };
}

function byAge({ metadata: left }: KubeObject, { metadata: right }: KubeObject): number {
  if (left.creationTimestamp !== right.creationTimestamp) {
    return left.creationTimestamp < right.creationTimestamp ? -1 : 1;
  }
  return `${left.name}.${left.namespace}` < `${right.name}.${right.namespace}` ? -1 : 1;
}

const portOf = (object: KubeObject): number | null => {
  const first = fieldsAt(listAt(object, 'spec', 'ports')[0]);
  return numberOf(first['port']) ?? numberOf(first['number']);
};

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
    name: `outbound|${service.port ?? ''}|${subset ?? ''}|${host}`,
    exists,
    workloads: [...chosen].map(([workload, pods]) => ({ id: `${service.namespace}/${workload}`, pods })),
    limits: limitsOf(policy('connectionPool')),
    ejection:
      'outlierDetection' in own || 'outlierDetection' in common
        ? ejectionOf(policy('outlierDetection'))
        : null,
  };
}

/** Zero means "not set" to Istio, so it is no limit. */
function limitsOf(pool: Fields): Limits {
  const positive = (value: unknown): number | null => {
    const number = numberOf(value);
    return number !== null && number > 0 ? number : null;
  };
  const http = fieldsAt(pool, 'http');
  return {
    requests: positive(http['http2MaxRequests']),
    connections: positive(fieldsAt(pool, 'tcp')['maxConnections']),
    pending: positive(http['http1MaxPendingRequests']),
  };
}

function ejectionOf(detection: Fields): Ejection | null {
  const given = (name: string): number | null => numberOf(detection[name]);
  const consecutive5xx = positiveOr(given('consecutive5xxErrors') ?? 5, null);
  const consecutiveGateway = positiveOr(given('consecutiveGatewayErrors') ?? 0, null);
  if (consecutive5xx === null && consecutiveGateway === null) return null;
  return {
    consecutive5xx,
    consecutiveGateway,
    baseMs: durationMsOf(detection['baseEjectionTime']) ?? 30_000,
    intervalMs: positiveOr(durationMsOf(detection['interval']), 10_000),
    // Zero is "not set" here too, and not set is a tenth.
    maxRatio: positiveOr(given('maxEjectionPercent'), 10) / 100,
    minHealthyRatio: (given('minHealthPercent') ?? 0) / 100,
  };
}

const positiveOr = <T>(value: number | null, otherwise: T): number | T =>
  value !== null && value > 0 ? value : otherwise;

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
    proxyConfig: object.metadata.annotations?.['proxy.istio.io/config'] ?? null,
  };
}
