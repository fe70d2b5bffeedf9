import type { ServiceKey } from '../../kit/connector.ts';
import { at, byPlace, type KubeObject, listAt, namespaceOf, textAt } from '../../kube/objects.ts';
import { serviceOf } from '../../kube/serviceHosts.ts';
import { covers, qualify } from '../hosts.ts';
import type { Mesh } from '../mesh.ts';
import { gatewaysOf, hostsOf, type Route, routesOf, splitIdOf } from '../routes.ts';
import type { Path } from './edit.ts';

/** The part of a document that one form is about. */
export type FormTarget =
  | {
      readonly kind: 'rule';
      readonly id: string;
      readonly document: KubeObject;
      readonly subset: Subset | null;
    }
  | { readonly kind: 'route'; readonly id: string; readonly document: KubeObject; readonly route: Route }
  | NewTarget;

/** A document that is still to be made. */
export interface NewTarget {
  readonly kind: 'newRule' | 'newRoutes';
  readonly id: string;
  /** Qualified. */
  readonly host: string;
  readonly namespace: string;
}

export interface Subset {
  readonly name: string;
  readonly index: number;
}

export const isNew = (target: FormTarget): target is NewTarget =>
  target.kind === 'newRule' || target.kind === 'newRoutes';

/** Everything that declares, or could declare, what protects the calls to a service. */
export function targetsOf(mesh: Mesh, service: ServiceKey): FormTarget[] {
  const hosts = new Set(service.hosts.map((host) => qualify(host, service.namespace ?? '')));
  const rules = sorted(mesh.destinationRules.all()).filter((rule) =>
    [...hosts].some((host) => covers(hostOfRule(rule), host)),
  );
  const routes = sorted(mesh.virtualServices.all()).flatMap((document) =>
    routeTargets(document).filter(
      ({ route }) =>
        hostsOf(document).some((host) => hosts.has(host)) ||
        route.destinations.some((one) => hosts.has(one.host)),
    ),
  );
  return [
    ...rules.flatMap(ruleTargets),
    ...routes,
    ...[...hosts].slice(0, 1).flatMap((host) => newTargets(mesh, host)),
  ];
}

/** The target that a form's id names, as the watched documents have it; null when it is gone. */
export function findTarget(mesh: Mesh, formId: string): FormTarget | null {
  const { kind, rest } = partsOf(formId);
  switch (kind) {
    case 'rule':
      return [...mesh.destinationRules.all()].flatMap(ruleTargets).find(({ id }) => id === formId) ?? null;
    case 'route':
      return [...mesh.virtualServices.all()].flatMap(routeTargets).find(({ id }) => id === formId) ?? null;
    default:
      return newTargets(mesh, rest).find(({ id }) => id === formId) ?? null;
  }
}

/** The same target in a document that was read anew; null where it is gone. */
export function sameTarget(target: FormTarget, fresh: KubeObject): FormTarget | null {
  const all = target.kind === 'rule' ? ruleTargets(fresh) : routeTargets(fresh);
  return all.find(({ id }) => id === target.id) ?? null;
}

/** Where a target's fields begin in its document. */
export function baseOf(target: FormTarget): Path {
  switch (target.kind) {
    case 'rule':
      return target.subset === null ? ['spec'] : ['spec', 'subsets', target.subset.index];
    case 'route':
      return ['spec', 'http', target.route.index];
    case 'newRule':
      return ['spec'];
    case 'newRoutes':
      return ['spec', 'http', 0];
  }
}

/** The host whose calls a target governs, qualified. */
export function hostOf(target: FormTarget): string {
  switch (target.kind) {
    case 'rule':
      return hostOfRule(target.document);
    case 'route':
      return target.route.destinations[0]?.host ?? hostsOf(target.document)[0] ?? '';
    default:
      return target.host;
  }
}

export const hostOfRule = (rule: KubeObject): string =>
  qualify(textAt(rule, 'spec', 'host') ?? '', namespaceOf(rule));

function ruleTargets(document: KubeObject): Extract<FormTarget, { kind: 'rule' }>[] {
  const id = `rule:${document.metadata.uid}`;
  const subsets = listAt(document, 'spec', 'subsets').map((one, index) => ({
    name: textAt(one, 'name') ?? '',
    index,
  }));
  return [
    { kind: 'rule', id, document, subset: null },
    ...subsets.map((subset) => ({ kind: 'rule' as const, id: `${id}/${subset.name}`, document, subset })),
  ];
}

function routeTargets(document: KubeObject): Extract<FormTarget, { kind: 'route' }>[] {
  const routes = routesOf(document);
  return routes
    .filter(({ protocol }) => protocol === 'http')
    .map((route) => ({
      kind: 'route',
      id: `route:${splitIdOf(document, route, routes)}`,
      document,
      route,
    }));
}

/** What could be made for a host: only where everything that may claim it has been read, and nothing does. */
function newTargets(mesh: Mesh, host: string): NewTarget[] {
  const namespace = homeOf(mesh, host);
  if (namespace === null) return [];
  const made: NewTarget[] = [];
  const ruled = [...mesh.destinationRules.all()].some((rule) => hostOfRule(rule) === host);
  if (!ruled && mesh.destinationRules.synced)
    made.push({ kind: 'newRule', id: `newRule:${host}`, host, namespace });
  const claimed = [...mesh.virtualServices.all()].some(
    (document) => hostsOf(document).includes(host) && gatewaysOf(document).includes('mesh'),
  );
  if (!claimed && mesh.virtualServices.synced && speaksHttp(mesh, host))
    made.push({ kind: 'newRoutes', id: `newRoutes:${host}`, host, namespace });
  return made;
}

/** The namespace where a host is declared; null for a host that nothing here declares. */
function homeOf(mesh: Mesh, host: string): string | null {
  const service = serviceOf(host);
  if (service !== null)
    return mesh.services.get(service.namespace, service.name) === undefined ? null : service.namespace;
  const entry = [...mesh.serviceEntries.all()].find((one) =>
    listAt(one, 'spec', 'hosts').some((name) => typeof name === 'string' && name.toLowerCase() === host),
  );
  return entry === undefined ? null : namespaceOf(entry);
}

const notHttp = /^(tcp|tls|mongo|mysql|redis|udp|https)(-|$)/i;

/** A route of http is without effect on ports that are declared to be something else. */
function speaksHttp(mesh: Mesh, host: string): boolean {
  const service = serviceOf(host);
  const object =
    service === null
      ? [...mesh.serviceEntries.all()].find((one) => listAt(one, 'spec', 'hosts').includes(host))
      : mesh.services.get(service.namespace, service.name);
  return listAt(object, 'spec', 'ports').some(
    (port) =>
      !notHttp.test(textAt(port, 'protocol') === 'TCP' ? '' : (textAt(port, 'protocol') ?? '')) &&
      !notHttp.test(textAt(port, 'appProtocol') ?? textAt(port, 'name') ?? '') &&
      at(port, 'protocol') !== 'UDP',
  );
}

function partsOf(formId: string): { readonly kind: string; readonly rest: string } {
  const colon = formId.indexOf(':');
  return { kind: formId.slice(0, colon), rest: formId.slice(colon + 1) };
}

const sorted = (documents: Iterable<KubeObject>): KubeObject[] => [...documents].sort(byPlace);
