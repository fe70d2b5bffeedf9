import type { Guard } from '../../model/change.ts';
import { guardOf } from '../kit/splitGuards.ts';
import { annotationsOf, type KubeObject, namespaceOf, textAt } from '../kube/objects.ts';
import {
  accrual,
  droppedParts,
  hasPart,
  linkerdMs,
  type Part,
  readRetry,
  readTimeouts,
  retry,
} from './annotations.ts';
import { blockingProfile, governedBy, ignoredBecause } from './forms.ts';
import type { LinkerdWorld } from './linkerdWorld.ts';

type Texts = ReadonlyMap<string, string | null>;

/** What surprises people about these annotations in this place. */
export function linkerdGuards(
  world: LinkerdWorld,
  before: KubeObject,
  after: KubeObject,
  written: Texts,
): Guard[] {
  return [
    ...profileGuards(world, after),
    ...levelGuards(world, before, after, written),
    ...headlessGuards(world, after),
    ...droppedGuards(after),
    ...accrualGuards(before, after),
    ...retryGuards(after, written),
    ...inheritedRetryGuards(world, before, after),
    proxyGuard(world),
  ];
}

const said = (document: KubeObject): string =>
  `${document.kind} ${namespaceOf(document)}/${document.metadata.name}`;

/** "Any ServiceProfile for the Service" makes proxies ignore annotations: its own retries and time-outs hold instead. */
function profileGuards(world: LinkerdWorld, document: KubeObject): Guard[] {
  const id = 'service-profile';
  const profile = blockingProfile(world, document);
  if (profile !== null)
    return [
      guardOf(id, 'block', 'Linkerd ignores these annotations as things stand', ignoredBecause(profile)),
    ];
  if (!world.profilesKnown())
    return [
      guardOf(
        id,
        'tick',
        'Whether a ServiceProfile is for this service is not known',
        'ServiceProfiles cannot be read. Where one is, Linkerd ignores these annotations.',
      ),
    ];
  const elsewhere = governedBy(document).flatMap(({ namespace, name }) => world.profilesOf(namespace, name));
  if (elsewhere.length === 0) return [guardOf(id, 'pass', 'No ServiceProfile is for this service')];
  const spaces = [...new Set(elsewhere.map(namespaceOf))].join(', ');
  return [
    guardOf(
      id,
      'tick',
      `Callers in ${spaces} ignore these annotations`,
      `${elsewhere.map(said).join(', ')}: callers of its own namespace follow a ServiceProfile instead.`,
    ),
  ];
}

const levels: readonly { readonly part: Part; readonly words: string }[] = [
  { part: 'retry', words: 'retries' },
  { part: 'timeout', words: 'time-outs' },
];

/** A route with any annotation of a part has all of that part for itself, and nothing of the Service's. */
function levelGuards(world: LinkerdWorld, document: KubeObject, after: KubeObject, written: Texts): Guard[] {
  return levels.flatMap(({ part, words }) => {
    const touched = [...written.keys()].some((name) => name.startsWith(`${part}.linkerd.io/`));
    if (!touched) return [];
    if (document.kind === 'Service') {
      const routes = world
        .routesOf(namespaceOf(document), document.metadata.name)
        .filter((route) => hasPart(annotationsOf(route), part));
      return routes.length === 0
        ? []
        : [
            guardOf(
              'route-level',
              'tick',
              `${routes.map(said).join(', ')} ${routes.length === 1 ? 'has' : 'have'} ${words} of their own`,
              'Calls that such a route takes get nothing of what the Service says about it.',
            ),
          ];
    }
    const has = hasPart(annotationsOf(after), part);
    if (has === hasPart(annotationsOf(document), part)) return [];
    return governedBy(document).flatMap(({ namespace, name }) => {
      const service = world.services.get(namespace, name);
      if (service === undefined || !hasPart(annotationsOf(service), part)) return [];
      const says = [...annotationsOf(service)]
        .filter(([key]) => key.startsWith(`${part}.linkerd.io/`))
        .map(([key, text]) => `${key} ${text}`)
        .join(', ')
        .slice(0, 300);
      return [
        guardOf(
          'route-level',
          'tick',
          has
            ? `For calls of this route all ${words} of Service ${name} end`
            : `Calls of this route get the ${words} of Service ${name} instead`,
          has
            ? `What the Service says of them no longer holds here: ${says}`
            : `Without any of its own the route falls back to what the Service says: ${says}`,
        ),
      ];
    });
  });
}

/** Proxies find out about a service by the address they call, which for these is an instance's own. */
function headlessGuards(world: LinkerdWorld, document: KubeObject): Guard[] {
  const headless = governedBy(document).filter(
    ({ namespace, name }) => textAt(world.services.get(namespace, name), 'spec', 'clusterIP') === 'None',
  );
  return headless.map(({ name }) =>
    guardOf(
      'headless',
      'tick',
      `Service ${name} is headless: Linkerd reads none of its annotations`,
      'Its callers reach instances by their own addresses, which belong to no service.',
    ),
  );
}

function droppedGuards(document: KubeObject): Guard[] {
  return droppedParts(annotationsOf(document)).map(({ part, because }) =>
    guardOf(
      'dropped',
      'tick',
      document.kind === 'Service'
        ? `Linkerd drops all ${sayPart[part]} of this Service`
        : `Linkerd drops this ${document.kind} as a whole, its weights too`,
      `${because}. It says so in its own log only.`,
    ),
  );
}
const sayPart: Readonly<Record<Part, string>> = {
  accrual: 'failure accrual',
  retry: 'retries',
  timeout: 'time-outs',
};

function accrualGuards(before: KubeObject, after: KubeObject): Guard[] {
  if (!annotationsOf(before).has(accrual.mode) || annotationsOf(after).has(accrual.mode)) return [];
  return [
    guardOf(
      'un-ejects',
      'tick',
      'Failure accrual ends, and every instance that is left out now gets calls again',
      'Also those that still fail: nothing takes them out any more.',
    ),
  ];
}

function retryGuards(after: KubeObject, written: Texts): Guard[] {
  const annotations = annotationsOf(after);
  const guards: Guard[] = [];
  for (const name of [retry.http, retry.grpc]) {
    const on = written.get(name);
    if (typeof on === 'string') guards.push(repeatGuard(name, on));
  }
  const read = readRetry(annotations, after.kind === 'GRPCRoute' ? 'grpc' : 'http');
  const timeouts = readTimeouts(annotations);
  if (read.state !== 'read' || timeouts.state !== 'read') return guards;
  const each = linkerdMs(read.value.timeout ?? '');
  const whole = linkerdMs(timeouts.value.request ?? '');
  const tries = read.value.limit + 1;
  if (each !== null && whole !== null && whole > 0 && tries * each > whole)
    guards.push(
      guardOf(
        'tries-do-not-fit',
        'tick',
        `${tries} tries of ${each} ms each do not fit into the time-out of ${whole} ms`,
        'The last tries are cut short, or never made.',
      ),
    );
  return guards;
}

/** A route that loses the last of its own retries gets the Service's, which may repeat more than it did itself. */
function inheritedRetryGuards(world: LinkerdWorld, before: KubeObject, after: KubeObject): Guard[] {
  if (after.kind === 'Service') return [];
  if (!hasPart(annotationsOf(before), 'retry') || hasPart(annotationsOf(after), 'retry')) return [];
  const protocol = after.kind === 'GRPCRoute' ? 'grpc' : 'http';
  return governedBy(after).flatMap(({ namespace, name }) => {
    const service = world.services.get(namespace, name);
    const read = service === undefined ? null : readRetry(annotationsOf(service), protocol);
    if (read?.state !== 'read' || read.value.conditions === null) return [];
    return [repeatGuard(retry[protocol], `${read.value.conditions} of Service ${name}`)];
  });
}

function repeatGuard(annotation: string, on: string): Guard {
  return guardOf(
    'repeats-begun-requests',
    'tick',
    `${annotation === retry.http ? 'Requests' : 'Calls'} that the service has begun are sent again`,
    `${annotation} ${on} repeats them after an error: what they do (a payment, an order) may be done twice.`,
  );
}

/** All of it is done by the proxies of callers: without any, annotations are words. */
function proxyGuard(world: LinkerdWorld): Guard {
  const id = 'linkerd-proxies';
  const found = world.proxies();
  if (found === null)
    return guardOf(
      id,
      'tick',
      'Which callers have Linkerd’s proxy is not known',
      'Pods cannot be read. Callers without it follow no annotation.',
    );
  const plane =
    found.controlPlane === null
      ? 'Its control plane is in no namespace that can be seen.'
      : `Its control plane is in ${found.controlPlane}.`;
  return found.count === 0
    ? guardOf(
        id,
        'tick',
        'No pod that can be seen has Linkerd’s proxy',
        `Callers without it follow no annotation. ${plane}`,
      )
    : guardOf(
        id,
        'pass',
        `${found.count} ${found.count === 1 ? 'pod has' : 'pods have'} Linkerd’s proxy`,
        `Callers without it follow no annotation. ${plane}`,
      );
}
