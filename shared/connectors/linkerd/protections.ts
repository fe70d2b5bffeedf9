import type { Protection } from '../../model/inspect.ts';
import type { ProtectionSource } from '../kit/connector.ts';
import { annotationsOf, type KubeObject, namespaceOf } from '../kube/objects.ts';
import { servicesOfRoute } from '../kube/routeParents.ts';
import { hostOfService } from '../kube/serviceHosts.ts';
import {
  type Accrual,
  type Read,
  readAccrual,
  readRetry,
  readTimeouts,
  type Retry,
  type Timeouts,
} from './annotations.ts';
import { readForms } from './forms.ts';
import { isAnnotated, type LinkerdWorld } from './linkerdWorld.ts';

/** Failure accrual, retries and time-outs by the host they are declared for, and the forms for them. */
export function createProtectionSource(world: LinkerdWorld): ProtectionSource {
  return {
    declared: () => readProtections(world),
    isHeldBy: (caller) => world.isMeshed(caller),
    forms: (service, signal) => readForms(world, service, signal),
  };
}

function readProtections(world: LinkerdWorld): ReadonlyMap<string, readonly Protection[]> {
  const found = new Map<string, Protection[]>();
  const add = (namespace: string, name: string, document: KubeObject): void => {
    const host = hostOfService(namespace, name);
    const off = world.profilesOf(namespace, name).some((one) => namespaceOf(one) === namespace)
      ? '; without effect beside a ServiceProfile'
      : '';
    const made = protectionsOf(document).map((one) => ({
      ...one,
      text: `${one.text}${off}`,
      // What is not in force repeats nothing.
      ...(off === '' || one.tries === undefined ? {} : { tries: 1 }),
    }));
    if (made.length > 0) found.set(host, [...(found.get(host) ?? []), ...made]);
  };
  for (const service of world.services.all())
    if (isAnnotated(service)) add(namespaceOf(service), service.metadata.name, service);
  for (const route of world.routes())
    if (isAnnotated(route))
      for (const { namespace, name } of servicesOfRoute(route)) add(namespace, name, route);
  return found;
}

/** What one document's annotations protect, as Linkerd reads them; nothing of a part that it drops. */
function protectionsOf(document: KubeObject): Protection[] {
  const annotations = annotationsOf(document);
  const evidence = `${document.kind} ${namespaceOf(document)}/${document.metadata.name}`;
  const isRoute = document.kind !== 'Service';
  const made: Protection[] = [];
  const add = <Value>(
    read: Read<Value>,
    say: (value: Value) => Omit<Protection, 'evidence' | 'observed'>[],
  ): void => {
    if (read.state === 'read')
      made.push(...say(read.value).map((one) => ({ ...one, evidence, observed: null })));
  };
  if (!isRoute) add(readAccrual(annotations), sayAccrual);
  if (document.kind !== 'GRPCRoute') add(readRetry(annotations, 'http'), sayRetry);
  else add(readRetry(annotations, 'grpc'), sayRetry);
  add(readTimeouts(annotations), sayTimeouts);
  return made;
}

const sayAccrual = ({ mode, failures, least, most, rate }: Accrual) => {
  const after = [
    failures === 0 ? null : `${failures} failures in a row`,
    rate === null || rate.threshold === 0
      ? null
      : `fewer than ${Math.round(rate.threshold * 1000) / 10} % successes in ${sayDuration(rate.window)}`,
  ].filter((part) => part !== null);
  return after.length === 0
    ? []
    : [
        {
          kind: 'ejection' as const,
          text: `an instance is left out for ${sayDuration(least)} to ${sayDuration(most)} after ${after.join(' or ')} (${mode})`,
        },
      ];
};

const sayRetry = ({ conditions, limit, timeout }: Retry) => [
  {
    kind: 'retry' as const,
    text: [
      `${limit} ${limit === 1 ? 'retry' : 'retries'}`,
      timeout === null ? null : `${sayDuration(timeout)} each`,
      conditions === null ? null : `on ${conditions.slice(0, 120)}`,
    ]
      .filter((part) => part !== null)
      .join(', '),
    tries: limit + 1,
  },
];

const sayTimeouts = ({ request, response, idle }: Timeouts) =>
  [
    request === null ? null : `${sayDuration(request)} for a request`,
    response === null ? null : `${sayDuration(response)} for an answer`,
    idle === null ? null : `${sayDuration(idle)} of silence`,
  ].flatMap((text) => (text === null ? [] : [{ kind: 'timeout' as const, text }]));

/** "2s" → "2 s". */
const sayDuration = (text: string): string => text.replace(/(\d)([a-z]+)/, '$1 $2');
