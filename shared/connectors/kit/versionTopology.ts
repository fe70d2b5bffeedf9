import type {
  InstanceObservation,
  ServiceObservation,
  TopologyObservation,
  WorkloadObservation,
} from '../../model/topology.ts';

/** How one registry tells of an instance. */
interface Telling<One> {
  versionOf(one: One): string | null;
  isReady(one: One): boolean;
  observe(one: One, workload: string): InstanceObservation;
}

/** Every registry has a namespace for each of its services, if only one by default. */
export type PlacedService = ServiceObservation & { readonly namespace: string };

/** What a registry knows: services and instances. The instances of one version stand for the workload, of which it knows nothing. */
export function versionTopology<One>(
  registered: Iterable<{ readonly service: PlacedService; readonly members: readonly One[] }>,
  { versionOf, isReady, observe }: Telling<One>,
): Pick<TopologyObservation, 'services' | 'workloads' | 'instances'> {
  const services: ServiceObservation[] = [];
  const workloads: WorkloadObservation[] = [];
  const instances: InstanceObservation[] = [];
  for (const { service, members } of registered) {
    services.push(service);
    const { namespace } = service;
    for (const [version, group] of Map.groupBy(members, versionOf)) {
      const name = versionWorkloadName(service.name, version);
      workloads.push({
        namespace,
        name,
        kind: 'instances',
        services: [{ namespace, name: service.name }],
        canonicalService: service.name,
        version,
        labels: {},
        // Nothing says how many there should be.
        desiredInstances: null,
        readyInstances: group.filter(isReady).length,
        image: null,
        deployments: [],
      });
      instances.push(...group.map((one) => observe(one, name)));
    }
  }
  return {
    services: services.sort(byName),
    workloads: workloads.sort(byName),
    instances: instances.sort(byName),
  };
}

/** "payment v2"; "payment" where instances tell no version. */
export const versionWorkloadName = (service: string, version: string | null): string =>
  version === null ? service : `${service} ${version}`;

/** Who owns a service, as the first of its instances says that says anything. At most 200 characters. */
export function ownerIn(metadata: Iterable<ReadonlyMap<string, string>>): string | null {
  for (const one of metadata) {
    const owner = one.get('team') ?? one.get('owner') ?? '';
    if (owner !== '') return owner.slice(0, 200);
  }
  return null;
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name.localeCompare(b.name);
