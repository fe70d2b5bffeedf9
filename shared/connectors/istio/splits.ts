import type { Split } from '../../model/weights.ts';
import type { DocumentRef } from '../../model/entity.ts';
import { byPlace, type KubeObject, namespaceOf } from '../kube/objects.ts';
import { createDestinations, type Destinations } from './destinations.ts';
import { serviceOf, shortName } from '../kube/serviceHosts.ts';
import type { Mesh } from './mesh.ts';
import { changedByOf, ownershipOf } from '../kube/documents/ownership.ts';
import { gatewaysOf, hostsOf, type Route, type RouteDestination, routesOf, splitIdOf } from './routes.ts';

/** All splits of the mesh as it is now, by document and route. */
export function readSplits(mesh: Mesh): Split[] {
  const destinations = createDestinations(mesh);
  return [...mesh.virtualServices.all()].sort(byPlace).flatMap((document) => {
    const routes = routesOf(document);
    return routes.map((route) => splitOf(mesh, document, route, routes, destinations));
  });
}

/** One route as a split. */
export function splitOf(
  mesh: Mesh,
  document: KubeObject,
  route: Route,
  routes: readonly Route[],
  destinations: Destinations,
): Split {
  const ownership = ownershipOf(document, mesh.rollouts());
  const oneHost = new Set(route.destinations.map((one) => one.host)).size === 1;
  return {
    id: splitIdOf(document, route, routes),
    connectionId: mesh.host.connectionId,
    document: refOf(mesh, document),
    revision: document.metadata.resourceVersion,
    serviceId: null,
    route: { index: route.index, title: route.title, match: route.match, protocol: route.protocol },
    hosts: hostsOf(document),
    gateways: gatewaysOf(document),
    destinations: route.destinations.map((one) => {
      const standing = destinations.standing(one.host, one.subset, namespaceOf(document));
      return {
        ...one,
        title: titleOf(one, standing.version, oneHost),
        version: standing.version,
        readyInstances: standing.readyInstances,
        problem: standing.problem,
      };
    }),
    ownership,
    readOnly: ownership?.decidesWeights === true ? ownership.consequence : null,
    changedBy: changedByOf(document),
  };
}

/** The version where all go to one service, else the service first: two services may both have a v1. */
function titleOf(one: RouteDestination, version: string | null, oneHost: boolean): string {
  const part = version ?? one.subset;
  if (oneHost) return part ?? shortName(one.host);
  return one.subset === null ? shortName(one.host) : `${shortName(one.host)} ${part ?? ''}`.trim();
}

export const refOf = (mesh: Mesh, document: KubeObject): DocumentRef => ({
  connectionId: mesh.host.connectionId,
  apiVersion: document.apiVersion,
  kind: document.kind,
  namespace: document.metadata.namespace ?? null,
  name: document.metadata.name,
  uid: document.metadata.uid,
});

/** The name of the service whose calls a split divides: its host, or the host of its destinations. */
export const subjectOf = (split: Split): string => {
  const host =
    split.hosts.find((one) => serviceOf(one) !== null) ?? split.destinations[0]?.host ?? split.hosts[0];
  return shortName(host ?? split.document.name);
};
