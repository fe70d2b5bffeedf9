import { apiVersionOf, optionalGroups, type OptionalGroup, resources } from './resources.ts';
import { reviewKinds } from './reviews.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The version document; the rehearsal says in it what it is. */
export const versionDocument: Fields = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.0+rehearsal',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'none',
  platform: 'linux/amd64',
};

interface Group {
  readonly name: string;
  readonly versions: readonly string[];
}

const groups: readonly Group[] = [
  { name: 'apps', versions: ['v1'] },
  { name: 'events.k8s.io', versions: ['v1'] },
  { name: 'authentication.k8s.io', versions: ['v1'] },
  { name: 'authorization.k8s.io', versions: ['v1'] },
  { name: 'autoscaling', versions: ['v2'] },
  { name: 'discovery.k8s.io', versions: ['v1'] },
  { name: 'networking.istio.io', versions: ['v1', 'v1beta1'] },
  { name: 'security.istio.io', versions: ['v1'] },
  { name: 'gateway.networking.k8s.io', versions: ['v1', 'v1beta1'] },
  { name: 'linkerd.io', versions: ['v1alpha2'] },
  { name: 'split.smi-spec.io', versions: ['v1alpha2'] },
  { name: 'argoproj.io', versions: ['v1alpha1'] },
  { name: 'flagger.app', versions: ['v1beta1'] },
];

/** The discovery document at this path, or undefined when there is none. */
export function discoveryDocument(
  path: string,
  serverAddress: string,
  serves: readonly OptionalGroup[] = [],
): Fields | undefined {
  const unserved: readonly string[] = optionalGroups.filter((group) => !serves.includes(group));
  const present = groups.filter(({ name }) => !unserved.includes(name));
  const parts = path.split('/').filter((part) => part !== '');
  if (parts[0] === 'api') {
    if (parts.length === 1) {
      return {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
      };
    }
    return parts.length === 2 && parts[1] === 'v1' ? resourceList('', 'v1') : undefined;
  }
  if (parts[0] !== 'apis') return undefined;
  if (parts.length === 1)
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: present.map(groupDocument) };
  const group = present.find(({ name }) => name === parts[1]);
  if (group === undefined) return undefined;
  if (parts.length === 2) return { kind: 'APIGroup', apiVersion: 'v1', ...groupDocument(group) };
  const version = parts[2] ?? '';
  return parts.length === 3 && group.versions.includes(version)
    ? resourceList(group.name, version)
    : undefined;
}

function groupDocument(group: Group): Fields {
  const versions = group.versions.map((version) => ({
    groupVersion: apiVersionOf(group.name, version),
    version,
  }));
  return { name: group.name, versions, preferredVersion: versions[0] };
}

function resourceList(group: string, version: string): Fields {
  return {
    kind: 'APIResourceList',
    // The document of the core group is the only one that does not say its own version.
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf(group, version),
    resources: [...objectResources(group, version), ...reviewResources(group)],
  };
}

function objectResources(group: string, version: string): Fields[] {
  const shown = resources.filter((resource) =>
    group === 'events.k8s.io'
      ? resource.plural === 'events'
      : resource.group === group && resource.versions.includes(version),
  );
  return shown.flatMap((resource) => [
    {
      name: resource.plural,
      singularName: resource.singular,
      namespaced: resource.namespaced,
      kind: resource.kind,
      verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
      ...(resource.shortNames.length > 0 ? { shortNames: resource.shortNames } : {}),
      ...(group.endsWith('.istio.io') ? { categories: ['istio-io', group.split('.')[0] + '-istio-io'] } : {}),
    },
    ...resource.subresources.map((subresource) => ({
      name: `${resource.plural}/${subresource}`,
      singularName: '',
      namespaced: resource.namespaced,
      kind: subresourceKinds[subresource] ?? resource.kind,
      ...(subresource === 'scale' ? { group: 'autoscaling', version: 'v1' } : {}),
      verbs: subresourceVerbs[subresource] ?? ['get', 'patch', 'update'],
    })),
  ]);
}

const subresourceKinds: Readonly<Record<string, string>> = {
  proxy: 'ServiceProxyOptions',
  portforward: 'PodPortForwardOptions',
  scale: 'Scale',
};

const subresourceVerbs: Readonly<Record<string, readonly string[]>> = {
  proxy: ['create', 'delete', 'get', 'patch', 'update'],
  log: ['get'],
  portforward: ['create', 'get'],
};

function reviewResources(group: string): Fields[] {
  return Object.entries(reviewKinds[group] ?? {}).map(([name, kind]) => ({
    name,
    singularName: kind.toLowerCase(),
    namespaced: false,
    kind,
    verbs: ['create'],
  }));
}
