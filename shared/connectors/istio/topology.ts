import type { ServiceObservation, TopologyObservation } from '../../model/topology.ts';
import type { TopologySource } from '../kit/connector.ts';
import { type KubeObject, labelsOf, listAt, mapAt, namespaceOf, selects, timeAt } from '../kube/objects.ts';
import { serviceOf } from '../kube/serviceHosts.ts';
import type { Mesh } from './mesh.ts';

const settleMs = 250;

/** What the mesh adds to the map: hosts outside (ServiceEntries), and which Services are gateways. */
export function createTopologySource(mesh: Mesh): TopologySource {
  return {
    watch: (signal, onState) =>
      mesh.follow<TopologyObservation>(
        {
          settleMs,
          read: () => ({
            observedAt: mesh.host.clock.now(),
            services: [...externalServices(mesh), ...gatewayServices(mesh)],
            workloads: [],
            instances: [],
            problems: problemsOf(mesh),
          }),
          content: ({ services, problems }) => [services, problems],
        },
        () => onState(mesh.serviceEntries.health),
        signal,
      ),
  };
}

/** One external service per host that is no Service of the cluster. */
function externalServices(mesh: Mesh): ServiceObservation[] {
  const found = new Map<string, ServiceObservation>();
  for (const entry of mesh.serviceEntries.all()) {
    const entryHosts = listAt(entry, 'spec', 'hosts');
    for (const host of entryHosts) {
      if (typeof host !== 'string' || found.has(host) || isClusterService(mesh, host)) continue;
      found.set(host, {
        namespace: namespaceOf(entry),
        // Whoever wrote the entry gave it a name that people know; with several hosts only the host tells them apart.
        name: entryHosts.length === 1 ? entry.metadata.name : host,
        kind: 'external',
        hosts: [host.toLowerCase()],
        owner: labelsOf(entry).get('team') ?? labelsOf(entry).get('owner') ?? null,
        createdAt: timeAt(entry, 'metadata', 'creationTimestamp'),
      });
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function isClusterService(mesh: Mesh, host: string): boolean {
  const service = serviceOf(host.toLowerCase());
  return service !== null && mesh.services.get(service.namespace, service.name) !== undefined;
}

/** A Gateway names pods by labels; the Service in front of those pods is what people call the gateway. */
function gatewayServices(mesh: Mesh): ServiceObservation[] {
  const selectors = [...mesh.gateways.all()].map((gateway) => mapAt(gateway, 'spec', 'selector'));
  if (selectors.length === 0) return [];
  const pods = [...mesh.pods.all()].filter((pod) =>
    selectors.some((selector) => selects(selector, labelsOf(pod))),
  );
  return [...mesh.services.all()]
    .filter((service) => standsBefore(service, pods))
    .map((service): ServiceObservation => {
      const namespace = namespaceOf(service);
      const { name } = service.metadata;
      return {
        namespace,
        name,
        kind: 'gateway',
        hosts: [`${name}.${namespace}.svc.cluster.local`],
        owner: null,
        createdAt: timeAt(service, 'metadata', 'creationTimestamp'),
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

function standsBefore(service: KubeObject, pods: readonly KubeObject[]): boolean {
  const selector = mapAt(service, 'spec', 'selector');
  return pods.some((pod) => namespaceOf(pod) === namespaceOf(service) && selects(selector, labelsOf(pod)));
}

function problemsOf(mesh: Mesh): string[] {
  return [mesh.virtualServices, mesh.destinationRules, mesh.serviceEntries, mesh.gateways].flatMap((view) => {
    if (view.health.ok || !view.settled) return [];
    const how = view.synced ? 'are as last seen' : 'cannot be read';
    return [`${view.resource.kind}s ${how}: ${view.health.error}`];
  });
}
