import type { CallId, ConnectionId, EntityId } from '../model/entity.ts';
import type { GraphService } from '../model/graph.ts';
import type { CallRow, Endpoint } from '../model/observations.ts';
import { callId, externalId, serviceId, unknownId } from './entityIds.ts';
import { formatPerSecond } from './formats.ts';
import { meantBy } from './joinedName.ts';
import type { TopologyIndex } from './topologyIndex.ts';

type Row = Pick<CallRow, 'source' | 'destination' | 'host' | 'mayMean'> & Partial<Pick<CallRow, 'perSecond'>>;

/** Finds which two nodes a metric row lies between, and makes nodes for ends that only metrics know. */
export interface EdgeResolver {
  /** Null when nothing names the callee. */
  edgeOf(row: Row): { readonly id: CallId; readonly callerId: EntityId; readonly calleeId: EntityId } | null;
  extras(): GraphService[];
  problems(): string[];
}

/** How Istio names what no service of the mesh stands for (its virtual outbound clusters). */
const SINKS: Readonly<Record<string, string>> = {
  PassthroughCluster: 'outside the mesh, passed through',
  PassthroughClusterIPv6: 'outside the mesh, passed through (IPv6)',
  BlackHoleCluster: 'outside the mesh, blocked by policy',
  InboundPassthroughCluster: 'passed through to a port no service names',
  InboundPassthroughClusterIpv4: 'passed through to a port no service names',
  InboundPassthroughClusterIpv6: 'passed through to a port no service names (IPv6)',
};

export function createEdgeResolver(connectionId: ConnectionId, topology: TopologyIndex): EdgeResolver {
  const extras = new Map<EntityId, GraphService>();
  let namelessPerSecond = 0;

  function extra(service: Pick<GraphService, 'id' | 'kind' | 'name' | 'namespace' | 'hosts'>): EntityId {
    if (!extras.has(service.id)) {
      extras.set(service.id, {
        ...service,
        connectionId,
        owner: null,
        versions: [],
        readyInstances: null,
        desiredInstances: null,
        recentRestarts: null,
        createdAt: null,
      });
    }
    return service.id;
  }

  function workloadNode(namespace: string, name: string): EntityId {
    const id = serviceId(connectionId, namespace, name);
    return topology.service(id) === undefined
      ? extra({ id, kind: 'workload', name, namespace, hosts: [] })
      : id;
  }

  function ofEndpoint(end: Endpoint): EntityId | null {
    const { namespace, workload, service, instance } = end;
    const byWorkload = workload === null ? null : topology.serviceOfWorkload(namespace, workload);
    if (byWorkload !== null) return byWorkload;
    const byInstance = instance === null ? null : topology.serviceOfInstance(namespace, instance);
    if (byInstance !== null) return byInstance;
    const byName = service === null ? null : topology.serviceNamed(namespace, service);
    if (byName !== null) return byName;
    // Without topology the canonical name keeps the versions of a service together, as its callers see it.
    const name = service ?? workload ?? instance;
    if (name === null) return null;
    if (namespace !== null) return workloadNode(namespace, name);
    // Traces name programs without saying where they run.
    return service === null ? null : ofHost(service, null);
  }

  /** A short host means one near its caller. */
  function ofHost(host: string, near: string | null): EntityId {
    const known = topology.serviceOfHost(host, near);
    if (known !== null) return known;
    // Traces call a program as its workload is called, where they do not call it as its service is.
    const byWorkload = host.includes('.') ? null : topology.serviceOfWorkload(near, host);
    if (byWorkload !== null) return byWorkload;
    const sink = Object.hasOwn(SINKS, host) ? SINKS[host] : undefined;
    if (sink !== undefined) {
      return extra({
        id: externalId(connectionId, host),
        kind: 'external',
        name: sink,
        namespace: null,
        hosts: [host],
      });
    }
    const inside = /^([^.]+)\.([^.]+)\.svc(\.|$)/.exec(host);
    if (inside?.[1] && inside[2]) {
      // A service that topology does not show, most likely for want of rights in its namespace; its traffic is real.
      const [, name, namespace] = inside;
      const id = serviceId(connectionId, namespace, name);
      return topology.service(id) === undefined
        ? extra({ id, kind: 'service', name, namespace, hosts: [host] })
        : id;
    }
    return extra({
      id: externalId(connectionId, host),
      kind: 'external',
      name: host,
      namespace: null,
      hosts: [host],
    });
  }

  function calleeOf({ host, mayMean, source, destination }: Row): EntityId | null {
    if (host === null) return ofEndpoint(destination);
    const meant =
      mayMean === undefined
        ? null
        : meantBy(mayMean, (one) => topology.serviceNamed(one.namespace, one.name) !== null);
    return meant === null
      ? ofHost(host, source.namespace)
      : ofHost(`${meant.name}.${meant.namespace}.svc`, null);
  }

  function callerOf(row: Row): EntityId {
    return (
      ofEndpoint(row.source) ??
      extra({
        id: unknownId(connectionId),
        kind: 'unknown',
        name: 'unknown callers',
        namespace: null,
        hosts: [],
      })
    );
  }

  return {
    edgeOf(row) {
      const calleeId = calleeOf(row);
      if (calleeId === null) {
        namelessPerSecond += row.perSecond ?? 0;
        return null;
      }
      const callerId = callerOf(row);
      return { id: callId(callerId, calleeId), callerId, calleeId };
    },
    extras: () => [...extras.values()],
    problems: () =>
      namelessPerSecond === 0
        ? []
        : [`${formatPerSecond(namelessPerSecond)} calls a second name no callee and are not on the map`],
  };
}
