import { z } from 'zod';
import type { DocumentRef } from '../../model/entity.ts';
import type { Ownership, Split, SplitDestination } from '../../model/weights.ts';
import type { Entry } from './entries.ts';
import { hostOf, hostsOf } from './names.ts';
import type { Registry } from './registry.ts';
import { readResolver, type Resolver, type Subset, subsetOf } from './resolvers.ts';

const shape = z.object({
  Splits: z.array(
    z.looseObject({
      Weight: z.number().default(0),
      Service: z.string().nullish(),
      ServiceSubset: z.string().nullish(),
      Namespace: z.string().nullish(),
    }),
  ),
});

/** One entry of a splitter's list, as it is written. */
export type SplitLine = z.infer<typeof shape>['Splits'][number];

export const linesOf = (entry: Entry): readonly SplitLine[] | null =>
  shape.safeParse(entry.content).data?.Splits ?? null;

/** All splits of the data centre as it is now. */
export function readSplits(registry: Registry): Split[] {
  return [...registry.entries('service-splitter')]
    .sort((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => splitOf(registry, entry) ?? []);
}

/** Null where the entry cannot be read as a splitter. */
export function splitOf(registry: Registry, entry: Entry): Split | null {
  const lines = linesOf(entry);
  if (lines === null) return null;
  const targets = lines.map((line) => targetOf(registry, entry, line));
  const oneService = new Set(targets.map(({ host }) => host)).size === 1;
  return {
    id: splitIdOf(entry),
    connectionId: registry.host.connectionId,
    document: refOf(registry, entry),
    revision: entry.modifyIndex,
    serviceId: null,
    route: { index: 0, title: 'default', match: 'all requests', protocol: 'http' },
    hosts: hostsOf(entry.name, entry.namespace, registry.datacenter),
    gateways: ['mesh'],
    weightStep: 0.01,
    beside: { by: ['header', 'cookie', 'path'], mirror: false },
    destinations: targets.map(({ service, ...target }, index): SplitDestination => {
      const part = target.version ?? target.subset;
      return {
        ...target,
        index,
        port: null,
        title: oneService ? (part ?? service) : `${service} ${target.subset === null ? '' : part}`.trim(),
        weight: lines[index]?.Weight ?? 0,
      };
    }),
    ownership: ownershipOf(entry),
    readOnly: null,
    // Consul does not keep who wrote.
    changedBy: null,
  };
}

export const splitIdOf = (entry: Entry): string =>
  `${entry.namespace}/${entry.name}@${entry.createIndex}/http/default`;

/** Consul gives entries no uid; one that is made anew has another CreateIndex. */
export const refOf = (registry: Registry, entry: Entry): DocumentRef => ({
  connectionId: registry.host.connectionId,
  apiVersion: 'consul/config',
  kind: entry.kind,
  namespace: entry.namespace,
  name: entry.name,
  uid: entry.createIndex,
});

function targetOf(
  registry: Registry,
  entry: Entry,
  line: SplitLine,
): Pick<SplitDestination, 'host' | 'subset' | 'version' | 'readyInstances' | 'problem'> & {
  service: string;
} {
  const service = line.Service || entry.name;
  const namespace = line.Namespace || entry.namespace;
  const resolverEntry = registry
    .entries('service-resolver')
    .find((one) => one.name === service && one.namespace === namespace);
  const resolver = readResolver(resolverEntry);
  const subset = line.ServiceSubset || resolver?.DefaultSubset || null;
  const instances = (registry.catalog.value?.instances ?? []).filter(
    (one) => one.service === service && one.namespace === namespace,
  );
  const selects = subset === null ? { Filter: '', OnlyPassing: false } : resolver?.Subsets?.[subset];
  const standing: Subset | null = selects === undefined ? null : subsetOf(selects, instances);
  return {
    service,
    host: hostOf(service, namespace, registry.datacenter),
    subset,
    version: standing?.version ?? null,
    readyInstances: standing?.readyInstances ?? null,
    problem: problemOf({ service, subset, standing, resolver, registered: instances.length > 0 }, registry),
  };
}

function problemOf(
  target: {
    readonly service: string;
    readonly subset: string | null;
    readonly standing: Subset | null;
    readonly resolver: Resolver | null;
    readonly registered: boolean;
  },
  registry: Registry,
): string | null {
  const { service, subset, standing, resolver, registered } = target;
  if (subset !== null && standing === null) {
    // Not knowing the resolvers is no proof that there is none.
    if (registry.entriesView('service-resolver').value === null) return null;
    return `subset ${subset} is not declared by the service-resolver of ${service}`;
  }
  if (resolver?.Redirect?.Service) return null;
  if (!registered && registry.catalog.value?.filtered === false)
    return `service ${service} is not registered in this data centre`;
  return null;
}

function ownershipOf(entry: Entry): Ownership | null {
  if (entry.meta.get('external-source') !== 'kubernetes') return null;
  return {
    owner: 'consul-k8s',
    name: 'Consul on Kubernetes',
    consequence:
      'It is written from a ServiceSplitter resource in Kubernetes, and put back from there. Change that resource instead.',
    decidesWeights: false,
  };
}
