import type { KubeInput, ObjectStore } from '../kube/store.ts';
import { checksOf, proxied } from './catalog.ts';
import { callerRulesOf } from './mirrorCallers.ts';
import { policyOf } from './mirrorIntentions.ts';
import { routingOf } from './mirrorRoutes.ts';
import { meshHostOf, meshNamespace, networking } from './meshNames.ts';
import type { ConsulState, Fields, Service } from './state.ts';

const mirrored = [
  ['services', 'Service'],
  ['pods', 'Pod'],
  ['destinationrules', 'DestinationRule'],
  ['virtualservices', 'VirtualService'],
  ['authorizationpolicies', 'AuthorizationPolicy'],
  ['serviceentries', 'ServiceEntry'],
] as const;

/** What of the mesh Consul does not know. */
export interface Beyond {
  /** Hosts outside, which programs call without an upstream of their sidecars. */
  readonly hosts: readonly string[];
  /** Services whose own proxies are of another mesh: no intention of this data centre governs who calls them. */
  readonly foreign: readonly string[];
}

/**
 * Keeps in a store of its own what the traffic model reads: each healthy instance as a pod, and what the compiled discovery
 * chains, callers' defaults and intentions say as the documents that would steer the same way. Returns the end of it.
 */
export function mirrorMesh(
  state: ConsulState,
  store: ObjectStore,
  beyond: Beyond = { hosts: [], foreign: [] },
): () => void {
  const sync = (): void => {
    const wanted = objectsOf(state, beyond);
    for (const object of wanted) store.put(object);
    const names = new Set(wanted.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    for (const [resource, kind] of mirrored)
      for (const { metadata } of [...store.list(resource)])
        if (!names.has(`${kind}/${metadata.name}`)) store.remove(resource, meshNamespace, metadata.name);
  };
  sync();
  return state.subscribe((table) => {
    if (table !== 'kv') sync();
  });
}

function objectsOf(state: ConsulState, { hosts, foreign }: Beyond): KubeInput[] {
  const instances = state.services().filter(({ kind, name }) => kind === '' && name !== 'consul');
  const registered = [...new Set(instances.map(({ name }) => name))];
  const routing = registered.map((name) => routingOf(state, name));
  // Entries may name services that nobody registered: proxies have a cluster for them, and nobody in it.
  const names = [...new Set([...registered, ...routing.flatMap(({ leadsTo }) => leadsTo)])];
  return [
    ...names.map((name): KubeInput => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: meshNamespace },
      spec: { selector: { app: name }, ports: [{ port: 80, name: 'http' }] },
    })),
    ...hosts.map((host): KubeInput => ({
      apiVersion: networking,
      kind: 'ServiceEntry',
      metadata: { name: host, namespace: meshNamespace },
      spec: { hosts: [host], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }] },
    })),
    ...instances.map((one) => podOf(state, one)),
    ...routing.flatMap(({ route }) => route ?? []),
    ...names.map((name) => ruleOf(state, name, routing)),
    ...callerRulesOf(state, names),
    ...registered.filter((name) => !foreign.includes(name)).map((name) => policyOf(state, name, registered)),
  ];
}

const versionOf = ({ body }: Service): string => {
  const version = (body['Meta'] as Fields | undefined)?.['version'];
  return typeof version === 'string' ? version : 'none';
};

/** Consul's bootstrap has every sidecar report all statistics. */
const reports = { 'proxy.istio.io/config': '{"proxyStatsMatcher":{"inclusionPrefixes":["cluster."]}}' };

function podOf(state: ConsulState, one: Service): KubeInput {
  const sidecars = state
    .services()
    .filter((other) => proxied(other) === one.name && sidecarOf(other) === one.id && other.node === one.node);
  const critical = [one, ...sidecars]
    .flatMap((each) => checksOf(state, each))
    .some(({ status }) => !['passing', 'warning'].includes(status));
  const version = versionOf(one);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: one.id,
      namespace: meshNamespace,
      labels: { app: one.name, version },
      // What has no sidecar reports nothing.
      ...(sidecars.length === 0 ? {} : { annotations: reports }),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `${one.name}-${version}`,
          uid: '',
          controller: true,
        },
      ],
    },
    status: {
      podIP: one.body['Address'],
      conditions: [{ type: 'Ready', status: critical ? 'False' : 'True' }],
    },
  };
}

const sidecarOf = ({ body }: Service): unknown =>
  (body['Proxy'] as Fields | undefined)?.['DestinationServiceID'];

/** Subsets whose filter is the version, which is all that this fleet's are. */
function subsetsOf(state: ConsulState, service: string): ReadonlyMap<string, string> {
  const subsets = (state.entry('service-resolver', service)?.content['Subsets'] ?? {}) as Fields;
  const found = new Map<string, string>();
  for (const [name, subset] of Object.entries(subsets)) {
    const filter = (subset as Fields)['Filter'];
    const version = /^Service\.Meta\.version == "?([\w.-]+)"?$/.exec(
      typeof filter === 'string' ? filter : '',
    );
    if (version?.[1] !== undefined) found.set(name, version[1]);
  }
  return found;
}

function ruleOf(
  state: ConsulState,
  service: string,
  routing: readonly ReturnType<typeof routingOf>[],
): KubeInput {
  const subsets = [...subsetsOf(state, service)].map(([name, version]) => ({ name, labels: { version } }));
  const failover = Object.fromEntries(
    routing
      .flatMap(({ failover: all }) => all.filter((one) => one.service === service))
      .map((one) => [one.subset === '' ? '*' : one.subset, one.instead]),
  );
  return {
    apiVersion: networking,
    kind: 'DestinationRule',
    metadata: { name: service, namespace: meshNamespace },
    // Every cluster that Consul sends has outlier detection with Envoy's own defaults.
    spec: { host: meshHostOf(service), subsets, failover, trafficPolicy: { outlierDetection: {} } },
  };
}
