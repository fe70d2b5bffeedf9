import type { KubeObject, ObjectStore } from '../kube/store.ts';
import { ejectionIn, limitsIn, type Ejection, type Limits } from './clusterPolicy.ts';
import { asRoutes } from './gammaRoutes.ts';
import { policyOf, type Policy } from './policies.ts';
import { fieldsAt, listAt, numberOf, selects, textOf, textsOf, type Fields } from './reading.ts';

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
  /** Asked in this order while none of its own instances can be. */
  readonly instead: readonly Cluster[];
}

/** A rule for the proxies of one caller alone. */
interface CallerRule {
  readonly host: string;
  readonly namespace: string;
  readonly selector: Fields;
  readonly policy: Fields;
}

/** What the mesh is, as the objects say. */
export interface MeshObjects {
  readonly services: ReadonlyMap<string, MeshService>;
  readonly pods: readonly MeshPod[];
  readonly podsByWorkload: ReadonlyMap<string, readonly MeshPod[]>;
  readonly rules: ReadonlyMap<string, Fields>;
  readonly callerRules: readonly CallerRule[];
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
  const callerRules: CallerRule[] = [];
  for (const object of store.list('destinationrules')) {
    const namespace = object.metadata.namespace ?? '';
    const spec = fieldsAt(object, 'spec');
    const host = resolveHost(textOf(spec['host']), namespace, services);
    if (host === null) continue;
    const selector = fieldsAt(spec, 'workloadSelector', 'matchLabels');
    if (Object.keys(selector).length > 0)
      callerRules.push({ host, namespace, selector, policy: fieldsAt(spec, 'trafficPolicy') });
    else if (!rules.has(host)) rules.set(host, spec);
  }
  // Where two claim a host, Istio's sidecars follow the older; of the same second, the one first by name.
  const gamma = [...store.list('httproutes'), ...store.list('grpcroutes')].flatMap(asRoutes);
  const routes = [...store.list('virtualservices'), ...gamma].sort((left, right) => byAge(left, right));
  const policies = store.list('authorizationpolicies').flatMap((object) => policyOf(object) ?? []);
  return { services, pods, podsByWorkload, rules, callerRules, routes, policies };
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
  const failover = fieldsAt(rule, 'failover');
  const id = `${subset ?? ''}|${host}`;
  const name = `outbound|${service.port ?? ''}|${id}`;
  const instead = listAt(failover, subset !== null && subset in failover ? subset : '*')
    .map((one) => textsOf(one))
    .flatMap(
      (one) => clusterOf(one['host'] ?? '', one['subset'] ?? null, { ...mesh, rules: bare(mesh) }) ?? [],
    )
    // Each is a cluster of its own, named by whom it stands in for (Consul's discovery chains).
    .map((one, at) => ({ ...one, id: `${one.id} for ${id}`, name: `failover-target~${at + 1}~${name}` }));
  return {
    id,
    service,
    name: instead.length === 0 ? name : `failover-target~0~${name}`,
    exists,
    workloads: [...chosen].map(([workload, pods]) => ({ id: `${service.namespace}/${workload}`, pods })),
    limits: limitsIn(common, own),
    ejection: ejectionIn(common, own),
    instead,
  };
}

/** What is asked instead has nobody of its own behind it. */
function bare({ rules }: MeshObjects): ReadonlyMap<string, Fields> {
  return new Map([...rules].map(([host, { failover: _, ...rule }]) => [host, rule]));
}

/** A cluster as the proxies of one caller have it, where a rule of its namespace is for them alone. */
export function asSeenBy(
  caller: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
  cluster: Cluster,
  { callerRules }: MeshObjects,
): Cluster {
  const rule = callerRules.find(
    ({ host, namespace, selector }) =>
      host === cluster.service.host && namespace === caller.namespace && selects(selector, caller.labels),
  );
  if (rule === undefined) return cluster;
  return { ...cluster, limits: limitsIn(rule.policy), ejection: ejectionIn(rule.policy) };
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
    proxyConfig: object.metadata.annotations?.['proxy.istio.io/config'] ?? null,
  };
}
