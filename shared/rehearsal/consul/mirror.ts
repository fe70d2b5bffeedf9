import type { KubeInput, ObjectStore } from '../kube/store.ts';
import { checksOf, proxied } from './catalog.ts';
import { isHttp, listIn, protocolOf } from './entryRules.ts';
import type { ConsulState, Fields, Service } from './state.ts';

const namespace = 'default';
const mirrored = [
  ['services', 'Service'],
  ['pods', 'Pod'],
  ['destinationrules', 'DestinationRule'],
  ['virtualservices', 'VirtualService'],
] as const;

/** The host by which the traffic model knows a service of the data centre. */
export const meshHostOf = (service: string): string => `${service}.${namespace}.svc.cluster.local`;

/**
 * Keeps in a store of its own what the traffic model reads: each healthy instance as a pod, each resolver's subsets and each
 * splitter's weights as the documents that would steer the same way. Returns the end of it.
 */
export function mirrorMesh(state: ConsulState, store: ObjectStore): () => void {
  const sync = (): void => {
    const wanted = objectsOf(state);
    for (const object of wanted) store.put(object);
    const names = new Set(wanted.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    for (const [resource, kind] of mirrored)
      for (const { metadata } of [...store.list(resource)])
        if (!names.has(`${kind}/${metadata.name}`)) store.remove(resource, namespace, metadata.name);
  };
  sync();
  return state.subscribe((table) => {
    if (table !== 'kv') sync();
  });
}

function objectsOf(state: ConsulState): KubeInput[] {
  const instances = state.services().filter(({ kind, name }) => kind === '' && name !== 'consul');
  const names = [...new Set(instances.map(({ name }) => name))];
  return [
    ...names.map((name): KubeInput => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { selector: { app: name }, ports: [{ port: 80, name: 'http' }] },
    })),
    ...instances.map((one) => podOf(state, one)),
    ...names.map((name) => ruleOf(state, name)),
    ...state.entries('service-splitter').flatMap(({ name, content }) => routeOf(state, name, content)),
  ];
}

export const versionOf = ({ body }: Service): string => {
  const version = (body['Meta'] as Fields | undefined)?.['version'];
  return typeof version === 'string' ? version : 'none';
};

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
      namespace,
      labels: { app: one.name, version },
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
export function subsetsOf(state: ConsulState, service: string): ReadonlyMap<string, string> {
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

function ruleOf(state: ConsulState, service: string): KubeInput {
  const subsets = [...subsetsOf(state, service)].map(([name, version]) => ({ name, labels: { version } }));
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: service, namespace },
    spec: { host: meshHostOf(service), subsets },
  };
}

function routeOf(state: ConsulState, service: string, content: Fields): KubeInput[] {
  if (!isHttp(protocolOf(state, service))) return [];
  const route = listIn(content, 'Splits').map((split) => {
    const to = typeof split['Service'] === 'string' && split['Service'] !== '' ? split['Service'] : service;
    const fallback = state.entry('service-resolver', to)?.content['DefaultSubset'];
    const subset = split['ServiceSubset'] ?? fallback;
    return {
      destination: { host: meshHostOf(to), ...(typeof subset === 'string' ? { subset } : {}) },
      weight: Number(split['Weight'] ?? 0),
    };
  });
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: service, namespace },
      spec: { hosts: [meshHostOf(service)], http: [{ route }] },
    },
  ];
}
