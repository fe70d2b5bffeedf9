import type { Located } from '../kube/documents/located.ts';
import { at, type KubeObject, listAt, namespaceOf, numberAt, textAt } from '../kube/objects.ts';
import type { Destinations } from './destinations.ts';
import { shortName } from '../kube/serviceHosts.ts';
import { qualify } from './hosts.ts';
import { heldAnnotation, readHeld } from './isolation/marker.ts';
import type { Mesh } from './mesh.ts';
import { gatewaysOf, hostsOf, type Route, routesOf } from './routes.ts';

/** What is wrong or doubtful in one document, as it stands among the others. */
export function findingsOf(mesh: Mesh, document: KubeObject, destinations: Destinations): Located[] {
  switch (document.kind) {
    case 'VirtualService':
      return [
        ...routeFindings(document, destinations),
        ...siblingFindings(mesh, document),
        ...gatewayFindings(mesh, document),
        ...heldFindings(document),
      ];
    case 'DestinationRule':
      return ruleFindings(mesh, document, destinations);
    default:
      return [];
  }
}

function routeFindings(document: KubeObject, destinations: Destinations): Located[] {
  const routes = routesOf(document);
  const covered = routes.findIndex(
    (route) => route.protocol === 'http' && listAt(route.raw, 'match').length === 0,
  );
  return routes.flatMap((route, position) => [
    ...weightFindings(route),
    ...faultFindings(route),
    ...destinationFindings(document, route, destinations),
    ...(route.protocol === 'http' && covered >= 0 && position > covered
      ? [
          {
            severity: 'warning' as const,
            rule: 'route-never-taken',
            text: `An earlier route takes all requests, so route “${route.title}” is never reached.`,
            path: ['spec', route.protocol, route.index],
          },
        ]
      : []),
  ]);
}

function destinationFindings(document: KubeObject, route: Route, destinations: Destinations): Located[] {
  const total = route.destinations.reduce((sum, one) => sum + (one.weight ?? 0), 0);
  return route.destinations.flatMap((one): Located[] => {
    const standing = destinations.standing(one.host, one.subset, namespaceOf(document));
    const path = ['spec', route.protocol, route.index, 'route', one.index, 'destination'];
    const used = route.destinations.length === 1 || (one.weight ?? 0) > 0;
    const share =
      total > 0 ? `${Math.round(((one.weight ?? 0) / total) * 1000) / 10} % of its calls` : 'its calls';
    const cost = used ? `${share} fail with 503` : 'no calls go there now';
    if (standing.rule === 'missing-subset')
      return [
        {
          severity: used ? 'error' : 'warning',
          rule: 'missing-subset',
          text: `Subset ${one.subset ?? ''} is declared by no DestinationRule for ${shortName(one.host)}: ${cost}.`,
          path: [...path, 'subset'],
        },
      ];
    if (standing.rule === 'unknown-host')
      return [
        {
          severity: used ? 'error' : 'warning',
          rule: 'unknown-host',
          text: `Nothing in the mesh is called ${one.host}: ${cost}.`,
          path: [...path, 'host'],
        },
      ];
    if (standing.readyInstances === 0)
      return [
        {
          severity: used ? 'error' : 'warning',
          rule: 'no-ready-instances',
          text: `${shortName(one.host)}${one.subset === null ? '' : ` ${one.subset}`} has no ready instance: ${cost}.`,
          path,
        },
      ];
    return [];
  });
}

function weightFindings(route: Route): Located[] {
  const path = ['spec', route.protocol, route.index, 'route'];
  if (route.destinations.length < 2) return [];
  const total = route.destinations.reduce((sum, one) => sum + (one.weight ?? 0), 0);
  if (total === 0)
    return [
      {
        severity: 'error',
        rule: 'weights-zero',
        text: 'All weights are zero: proxies refuse the document and keep their old routes.',
        path,
      },
    ];
  const missing = route.destinations.find((one) => one.weight === null);
  const found: Located[] = [];
  if (missing !== undefined)
    found.push({
      severity: 'warning',
      rule: 'weight-missing',
      text: 'A destination without a weight beside others gets no calls.',
      path: [...path, missing.index],
    });
  if (total !== 100)
    found.push({
      severity: 'warning',
      rule: 'weights-relative',
      text: `The weights add up to ${total}. They are relative: ${route.destinations.map((one) => `${Math.round(((one.weight ?? 0) / total) * 1000) / 10} %`).join(' / ')}.`,
      path,
    });
  return found;
}

function faultFindings(route: Route): Located[] {
  const fault = at(route.raw, 'fault');
  if (fault === undefined) return [];
  const guards = ['timeout', 'retries'].filter((field) => at(route.raw, field) !== undefined);
  return [
    {
      severity: 'warning',
      rule: 'fault-injected',
      text: `The route injects faults${guards.length === 0 ? '' : `, which switches off its ${guards.join(' and ')} for every call`}.`,
      path: ['spec', route.protocol, route.index, 'fault'],
    },
  ];
}

/** A trip's marker that cannot be read keeps a trip from being seen and ended. */
function heldFindings(document: KubeObject): Located[] {
  const { problem } = readHeld(document);
  if (problem === null) return [];
  return [
    {
      severity: 'warning',
      rule: 'held-unreadable',
      text: `The annotation ${heldAnnotation} cannot be read: ${problem}. A trip that is held here may not be seen, nor end by itself.`,
      path: ['metadata', 'annotations', heldAnnotation],
    },
  ];
}

function siblingFindings(mesh: Mesh, document: KubeObject): Located[] {
  // Gateways merge the documents of one host; sidecars take the oldest and leave the others.
  if (!gatewaysOf(document).includes('mesh')) return [];
  const own = hostsOf(document);
  return [...mesh.virtualServices.all()]
    .filter((other) => other.metadata.uid !== document.metadata.uid && gatewaysOf(other).includes('mesh'))
    .flatMap((other): Located[] => {
      const shared = hostsOf(other).find((host) => own.includes(host));
      if (shared === undefined) return [];
      return [
        {
          severity: 'error',
          rule: 'two-virtual-services',
          text: `VirtualService ${namespaceOf(other)}/${other.metadata.name} is for ${shortName(shared)} too; sidecars follow only the older one.`,
          path: ['spec', 'hosts'],
        },
      ];
    });
}

function gatewayFindings(mesh: Mesh, document: KubeObject): Located[] {
  const { namespaces } = mesh.client;
  if (!mesh.gateways.synced) return [];
  return gatewaysOf(document).flatMap((name): Located[] => {
    const [namespace = '', gateway = ''] = name.split('/');
    const visible = namespaces === null || namespaces.includes(namespace);
    if (name === 'mesh' || !visible || mesh.gateways.get(namespace, gateway) !== undefined) return [];
    return [
      {
        severity: 'error',
        rule: 'unknown-gateway',
        text: `There is no Gateway ${name}, so these routes are in force nowhere there.`,
        path: ['spec', 'gateways'],
      },
    ];
  });
}

function ruleFindings(mesh: Mesh, rule: KubeObject, destinations: Destinations): Located[] {
  const host = qualify(textAt(rule, 'spec', 'host') ?? '', namespaceOf(rule));
  const found: Located[] = [];
  if (!host.includes('*') && destinations.standing(host, null, namespaceOf(rule)).rule === 'unknown-host')
    found.push({
      severity: 'warning',
      rule: 'unknown-host',
      text: `Nothing in the mesh is called ${host}.`,
      path: ['spec', 'host'],
    });
  const twin = [...mesh.destinationRules.all()].find(
    (other) =>
      other.metadata.uid !== rule.metadata.uid &&
      qualify(textAt(other, 'spec', 'host') ?? '', namespaceOf(other)) === host,
  );
  if (twin !== undefined)
    found.push({
      severity: 'warning',
      rule: 'two-destination-rules',
      text: `DestinationRule ${namespaceOf(twin)}/${twin.metadata.name} is for the same host; which part of which holds depends on their order.`,
      path: ['spec', 'host'],
    });
  const policies: readonly NonNullable<Located['path']>[] = [
    ['spec', 'trafficPolicy'],
    ...listAt(rule, 'spec', 'subsets').map((_, position) => ['spec', 'subsets', position, 'trafficPolicy']),
  ];
  for (const policy of policies) {
    for (const [part, field] of pools) {
      const path = [...policy, 'connectionPool', part, field];
      if (numberAt(rule, ...path) === 0)
        found.push({
          severity: 'warning',
          rule: 'zero-is-unlimited',
          text: `${field}: 0 means “not set” to Istio, which is no limit at all.`,
          path,
        });
    }
  }
  return found;
}

const pools = [
  ['tcp', 'maxConnections'],
  ['http', 'http1MaxPendingRequests'],
  ['http', 'http2MaxRequests'],
  ['http', 'maxRetries'],
] as const;
