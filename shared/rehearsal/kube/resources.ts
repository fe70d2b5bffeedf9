/** One kind of object that the rehearsal's API server serves. */
export interface Resource {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Served versions, the preferred one (in which objects are kept) first. */
  readonly versions: readonly string[];
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  /** Custom resources behave differently: no strategic merge, items of a list carry their kind, PUT needs a revision. */
  readonly custom: boolean;
  /** Whether a server counts `metadata.generation` for it. */
  readonly counted: boolean;
  readonly subresources: readonly string[];
}

/** Groups that only some clusters serve: a server is told whether it does. */
export const optionalGroups = [
  'gateway.networking.k8s.io',
  'linkerd.io',
  'split.smi-spec.io',
  'argoproj.io',
  'flagger.app',
] as const;
export type OptionalGroup = (typeof optionalGroups)[number];

const isOptional = (group: string): boolean => optionalGroups.some((one) => one === group);

type Extra = Partial<Pick<Resource, 'shortNames' | 'counted' | 'subresources' | 'namespaced' | 'singular'>>;

const define = (
  group: string,
  versions: string[],
  kind: string,
  plural: string,
  extra: Extra = {},
): Resource => ({
  plural,
  singular: kind.toLowerCase(),
  kind,
  group,
  versions,
  namespaced: true,
  shortNames: [],
  custom: group.endsWith('.istio.io') || isOptional(group),
  counted: false,
  subresources: [],
  ...extra,
});

const core = (kind: string, plural: string, extra: Extra = {}) => define('', ['v1'], kind, plural, extra);
const apps = (kind: string, plural: string, shortName: string, subresources: string[]) =>
  define('apps', ['v1'], kind, plural, { shortNames: [shortName], counted: true, subresources });
const istioExtra = (shortName?: string): Extra => ({
  shortNames: shortName === undefined ? [] : [shortName],
  counted: true,
  subresources: ['status'],
});
const networking = (kind: string, plural: string, shortName?: string) =>
  define('networking.istio.io', ['v1', 'v1beta1'], kind, plural, istioExtra(shortName));
const security = (kind: string, plural: string, shortName: string) =>
  define('security.istio.io', ['v1'], kind, plural, istioExtra(shortName));

const webhooks = (kind: string, plural: string) =>
  define('admissionregistration.k8s.io', ['v1'], kind, plural, { namespaced: false, counted: true });

const gatewayApi = (version: string, kind: string, plural: string, subresources: string[]) =>
  define('gateway.networking.k8s.io', [version], kind, plural, { counted: true, subresources });

/** Everything that can be listed. Plural names are unique: the events of events.k8s.io are the core ones, shown differently. */
export const resources: readonly Resource[] = [
  core('ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  core('Endpoints', 'endpoints', { shortNames: ['ep'] }),
  core('Event', 'events', { shortNames: ['ev'] }),
  core('Namespace', 'namespaces', { shortNames: ['ns'], namespaced: false, subresources: ['status'] }),
  core('Node', 'nodes', { shortNames: ['no'], namespaced: false, subresources: ['status'] }),
  core('Pod', 'pods', { shortNames: ['po'], counted: true, subresources: ['log', 'portforward', 'status'] }),
  core('Secret', 'secrets'),
  core('Service', 'services', { shortNames: ['svc'], subresources: ['proxy', 'status'] }),
  core('ServiceAccount', 'serviceaccounts', { shortNames: ['sa'] }),
  define('apps', ['v1'], 'ControllerRevision', 'controllerrevisions'),
  apps('DaemonSet', 'daemonsets', 'ds', ['status']),
  apps('Deployment', 'deployments', 'deploy', ['scale', 'status']),
  apps('ReplicaSet', 'replicasets', 'rs', ['scale', 'status']),
  apps('StatefulSet', 'statefulsets', 'sts', ['scale', 'status']),
  define('autoscaling', ['v2'], 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', {
    shortNames: ['hpa'],
    subresources: ['status'],
  }),
  define('discovery.k8s.io', ['v1'], 'EndpointSlice', 'endpointslices', { counted: true }),
  define('networking.k8s.io', ['v1'], 'NetworkPolicy', 'networkpolicies', {
    shortNames: ['netpol'],
    counted: true,
  }),
  define('networking.k8s.io', ['v1'], 'Ingress', 'ingresses', {
    shortNames: ['ing'],
    counted: true,
    subresources: ['status'],
  }),
  webhooks('ValidatingWebhookConfiguration', 'validatingwebhookconfigurations'),
  webhooks('MutatingWebhookConfiguration', 'mutatingwebhookconfigurations'),
  networking('DestinationRule', 'destinationrules', 'dr'),
  networking('Gateway', 'gateways', 'gw'),
  networking('ServiceEntry', 'serviceentries', 'se'),
  networking('Sidecar', 'sidecars'),
  networking('VirtualService', 'virtualservices', 'vs'),
  networking('WorkloadEntry', 'workloadentries', 'we'),
  define('argoproj.io', ['v1alpha1'], 'Rollout', 'rollouts', { counted: true, subresources: ['status'] }),
  define('flagger.app', ['v1beta1'], 'Canary', 'canaries', { counted: true, subresources: ['status'] }),
  define('linkerd.io', ['v1alpha2'], 'ServiceProfile', 'serviceprofiles', { counted: true }),
  define('split.smi-spec.io', ['v1alpha2'], 'TrafficSplit', 'trafficsplits', { counted: true }),
  gatewayApi('v1', 'GRPCRoute', 'grpcroutes', ['status']),
  gatewayApi('v1', 'HTTPRoute', 'httproutes', ['status']),
  gatewayApi('v1beta1', 'ReferenceGrant', 'referencegrants', []),
  security('AuthorizationPolicy', 'authorizationpolicies', 'ap'),
  security('PeerAuthentication', 'peerauthentications', 'pa'),
];

const byPlural = new Map(resources.map((resource) => [resource.plural, resource]));
const byKind = new Map(resources.map((resource) => [`${resource.group}/${resource.kind}`, resource]));

/** The resource with this plural name; throws for one that is not served. */
export function resourceNamed(plural: string): Resource {
  const resource = byPlural.get(plural);
  if (resource === undefined) throw new Error(`no resource "${plural}" is served here`);
  return resource;
}

/** The resource that keeps objects of this apiVersion and kind, or undefined when it is not served. */
export function resourceOf(apiVersion: string, kind: string): Resource | undefined {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  if (group === 'events.k8s.io' && kind === 'Event') return byPlural.get('events');
  const found = byKind.get(`${group}/${kind}`);
  return found?.versions.includes(apiVersion.slice(slash + 1)) === true ? found : undefined;
}

/** `v1` or `apps/v1`: how a group and version are written in an object. */
export const apiVersionOf = (group: string, version: string): string =>
  group === '' ? version : `${group}/${version}`;

/** The apiVersion in which objects of this resource are kept. */
export const storedApiVersion = (resource: Resource): string =>
  apiVersionOf(resource.group, resource.versions[0] ?? 'v1');
