import { at, type KubeObject, listAt, namespaceOf, numberAt, textAt } from '../../kube/objects.ts';
import { covers, qualify } from '../hosts.ts';
import type { Mesh } from '../mesh.ts';
import { gatewaysOf, hostsOf } from '../routes.ts';
import { isTripRoute, restRoute } from './marker.ts';

/** One HTTP route of a VirtualService, by where its calls go. */
export interface HttpRoute {
  readonly index: number;
  readonly raw: unknown;
  /** Whether the calls it takes go to the host: all, some of them, or none. */
  readonly toHost: 'all' | 'some' | 'none';
}

/** A VirtualService that sends calls to a host. */
export interface Governing {
  readonly document: KubeObject;
  /** Whether it is for the host itself, so that all that it takes are calls of the host. */
  readonly own: boolean;
  readonly gateways: readonly string[];
  /** Its routes but those of trips. */
  readonly routes: readonly HttpRoute[];
  /** Those whose calls are calls to the host. */
  readonly targets: readonly HttpRoute[];
}

/** How one document sends calls to a host. */
export function governingOf(document: KubeObject, host: string): Governing {
  const own = hostsOf(document).includes(host);
  const namespace = namespaceOf(document);
  const routes = listAt(document, 'spec', 'http').flatMap((raw, index): HttpRoute[] =>
    isTripRoute(at(raw, 'name')) && at(raw, 'name') !== restRoute
      ? []
      : [{ index, raw, toHost: whereTo(raw, host, namespace) }],
  );
  const there = routes.filter(({ toHost }) => toHost === 'all' || (own && toHost === 'some'));
  // A host may have a Service of its own for each version, and none of its calls go to itself.
  const forwarding = routes.filter(({ raw }) => listAt(raw, 'route').length > 0);
  const targets = own && there.length === 0 ? forwarding : there;
  return { document, own, gateways: gatewaysOf(document), routes, targets };
}

function whereTo(raw: unknown, host: string, namespace: string): HttpRoute['toHost'] {
  const written = listAt(raw, 'route');
  // Beside others, a destination without a weight gets nothing.
  const taking = written.filter((one) => written.length === 1 || (numberAt(one, 'weight') ?? 0) > 0);
  const there = (taking.length === 0 ? written : taking).map(
    (one) => qualify(textAt(one, 'destination', 'host') ?? '', namespace) === host,
  );
  if (there.length === 0 || !there.some(Boolean)) return 'none';
  return there.every(Boolean) ? 'all' : 'some';
}

/** Every VirtualService that sends calls to the host, those for the host itself first. */
export function governingAll(mesh: Mesh, host: string): Governing[] {
  return [...mesh.virtualServices.all()]
    .map((document) => governingOf(document, host))
    .filter(({ own, routes }) => own || routes.some(({ toHost }) => toHost !== 'none'))
    .sort(
      (a, b) =>
        Number(b.own) - Number(a.own) || a.document.metadata.name.localeCompare(b.document.metadata.name),
    );
}

/** VirtualServices that claim the host for sidecars; with several, sidecars follow only the oldest. */
export const claimsForMesh = (all: readonly Governing[]): readonly Governing[] =>
  all.filter(({ own, gateways }) => own && gateways.includes('mesh'));

/** A VirtualService that claims the host for sidecars by a wildcard; one for the host alone would take its place. */
export function wildcardClaim(mesh: Mesh, host: string): KubeObject | null {
  return (
    [...mesh.virtualServices.all()].find(
      (document) =>
        gatewaysOf(document).includes('mesh') &&
        hostsOf(document).some((one) => one.includes('*') && covers(one, host)),
    ) ?? null
  );
}
