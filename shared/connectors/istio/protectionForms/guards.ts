import type { Guard } from '../../../model/change.ts';
import { durationMs, fieldOf, type FieldValue } from '../../kit/formFields.ts';
import { at, listAt, namespaceOf, numberAt, textAt } from '../../kube/objects.ts';
import { shortName } from '../../kube/serviceHosts.ts';
import { covers } from '../hosts.ts';
import type { Mesh } from '../mesh.ts';
import { gatewaysOf, hostsOf } from '../routes.ts';
import { sectionsOf } from './forms.ts';
import { baseOf, type FormTarget, hostOf, hostOfRule, isNew } from './targets.ts';

const tick = (id: string, title: string, detail: string | null): Guard => ({
  id,
  verdict: 'tick',
  title,
  detail,
});

/** What surprises people about these values in this place. `before` and `after` are the whole documents. */
export function trapGuards(
  mesh: Mesh,
  target: FormTarget,
  values: ReadonlyMap<string, FieldValue>,
  before: object | null,
  after: object,
): Guard[] {
  return [
    ...zeroGuards(target, values),
    ...ejectionGuards(target, before, after),
    ...subsetGuards(target, values, before),
    ...routeGuards(target, after),
    ...claimGuards(mesh, target),
  ];
}

/** "There isn't a way to distinguish between unset values and zero values": what was meant as "none" is "all". */
function zeroGuards(target: FormTarget, values: ReadonlyMap<string, FieldValue>): Guard[] {
  return [...values].flatMap(([key, value]) => {
    const field = fieldOf(sectionsOf(target), key);
    if (value !== 0 || field?.zero == null) return [];
    return [tick(`zero-${field.title}`, `${field.title} 0 means ${field.zero}`, field.trap)];
  });
}

function ejectionGuards(target: FormTarget, before: object | null, after: object): Guard[] {
  const path = [...baseOf(target), 'trafficPolicy', 'outlierDetection'];
  const had = before === null ? undefined : at(before, ...path);
  const has = at(after, ...path);
  if (had === undefined || has !== undefined) return [];
  return [
    tick(
      'un-ejects',
      'Ejection ends, and every instance that is left out now gets calls again',
      'Also those that still fail: nothing takes them out any more.',
    ),
  ];
}

function subsetGuards(
  target: FormTarget,
  values: ReadonlyMap<string, FieldValue>,
  before: object | null,
): Guard[] {
  if (target.kind !== 'rule' || before === null) return [];
  const guards: Guard[] = [];
  const policy = [...baseOf(target), 'trafficPolicy'];
  for (const part of ['connectionPool', 'outlierDetection']) {
    const set = [...values].some(
      ([key, value]) => value !== null && key.startsWith(`trafficPolicy.${part}.`),
    );
    if (!set) continue;
    // A subset's part replaces the rule's part as a whole (istiod, MergeTrafficPolicy).
    const lost = target.subset === null ? undefined : at(before, 'spec', 'trafficPolicy', part);
    if (lost !== undefined && at(before, ...policy, part) === undefined)
      guards.push(
        tick(
          `replaces-${part}`,
          `For subset ${target.subset?.name ?? ''} this replaces the rule’s whole ${part}`,
          `What holds for the service as a whole no longer holds for it: ${JSON.stringify(lost).slice(0, 300)}`,
        ),
      );
    const ports = [...listAt(before, ...policy, 'portLevelSettings')].length > 0;
    if (ports)
      guards.push(
        tick(
          `ports-${part}`,
          'This rule has settings of its own for some ports, where this does not hold',
          'A port’s settings replace all others there (portLevelSettings).',
        ),
      );
  }
  return guards;
}

function routeGuards(target: FormTarget, after: object): Guard[] {
  if (target.kind !== 'route' && target.kind !== 'newRoutes') return [];
  const route = at(after, ...baseOf(target));
  const guards: Guard[] = [];
  // "Timeouts or retries will not be enabled when faults are enabled on the client side" (virtual_service.proto).
  if (at(route, 'fault') !== undefined)
    guards.push(
      tick(
        'fault-on-route',
        'Without effect while this route injects faults',
        'A fault switches off time-out and retries for all calls of its route, however few of them get it.',
      ),
    );
  const timeout = durationMs(textAt(route, 'timeout') ?? '');
  const attempts = numberAt(route, 'retries', 'attempts');
  const each = durationMs(textAt(route, 'retries', 'perTryTimeout') ?? '');
  if (timeout !== null && each !== null && attempts !== null && (attempts + 1) * each > timeout)
    guards.push(
      tick(
        'tries-do-not-fit',
        `${attempts + 1} tries of ${each} ms each do not fit into the time-out of ${timeout} ms`,
        'The last tries are cut short, or never made.',
      ),
    );
  const on = textAt(route, 'retries', 'retryOn') ?? '';
  if (/(^|,)(5xx|reset|gateway-error)(,|$)/.test(on))
    guards.push(
      tick(
        'repeats-begun-requests',
        'Requests that the service has begun are sent again',
        `retryOn ${on} repeats them after an error: what they do (a payment, an order) may be done twice.`,
      ),
    );
  return guards;
}

/** Who else may speak for the host of a document that is still to be made. */
function claimGuards(mesh: Mesh, target: FormTarget): Guard[] {
  if (!isNew(target)) return [];
  const host = hostOf(target);
  const documents =
    target.kind === 'newRule'
      ? [...mesh.destinationRules.all()].filter((rule) => covers(hostOfRule(rule), host))
      : [...mesh.virtualServices.all()].filter(
          (document) =>
            gatewaysOf(document).includes('mesh') && hostsOf(document).some((one) => covers(one, host)),
        );
  const names = documents.map((one) => `${one.kind} ${namespaceOf(one)}/${one.metadata.name}`);
  if (names.length > 0)
    return [
      tick(
        'shadows',
        `${names.join(', ')} governs ${shortName(host)} today and no longer would`,
        'The document for the exact host wins as a whole; nothing of the wider one is kept, its TLS settings neither.',
      ),
    ];
  return [
    {
      id: 'claims',
      verdict: 'pass',
      title: `No other ${target.kind === 'newRule' ? 'DestinationRule' : 'VirtualService'} is for ${shortName(host)}`,
      detail: null,
    },
  ];
}
