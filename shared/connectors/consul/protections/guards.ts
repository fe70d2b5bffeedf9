import type { Guard } from '../../../model/change.ts';
import type { FieldValue } from '../../kit/formFields.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import type { Content } from '../entryWrites/content.ts';
import { standInGuards } from '../entryWrites/standIn.ts';
import type { Registry } from '../registry.ts';
import { readResolver } from '../resolvers.ts';
import { textAt } from '../routes.ts';
import type { FieldSpec } from './fields.ts';
import { replacedBy } from './forms.ts';
import type { FormTarget } from './targets.ts';
import { valueOf } from './values.ts';
import { callSections, routeSections } from './fields.ts';

/** A form's change: the whole entry before, the part that is written, and which of its values are new. */
interface Written {
  readonly before: Content;
  readonly part: Content;
  readonly values: ReadonlyMap<FieldSpec, FieldValue>;
}

/** What surprises people about these values in this place. */
export function trapGuards(registry: Registry, target: FormTarget, written: Written): Guard[] {
  switch (target.kind) {
    case 'call':
      return [...replaceGuards(target.callee, written), ...zeroGuards(written)];
    case 'defaults':
      return zeroGuards(written);
    case 'route':
    case 'everyCall':
      return repeatGuards(written);
    case 'failover':
      return failoverGuards(registry, target.service, written.part);
  }
}

/** A part of an override takes the place of that part of the defaults, not field by field (seen on Consul 1.20.5). */
function replaceGuards(callee: string, { before, values }: Written): Guard[] {
  return ['Limits', 'PassiveHealthCheck'].flatMap((part) => {
    const set = [...values].some(([{ key }, value]) => value !== null && key.startsWith(`${part}.`));
    const lost = set ? replacedBy(callee, before, part) : null;
    return lost === null
      ? []
      : [
          guardOf(
            `replaces-${part}`,
            'tick',
            `For ${callee} this replaces the whole ${part} of the caller’s defaults`,
            `What holds for its other calls no longer holds for these: ${JSON.stringify(lost).slice(0, 300)}`,
          ),
        ];
  });
}

function zeroGuards({ values }: Written): Guard[] {
  const never = callSections
    .flatMap(({ fields }) => fields)
    .find(({ title }) => title === 'EnforcingConsecutive5xx');
  return never !== undefined && values.get(never) === 0
    ? [
        guardOf(
          `zero-${never.title}`,
          'tick',
          'EnforcingConsecutive5xx 0 switches ejection for errors off',
          'An instance that fails goes on getting its share of the calls.',
        ),
      ]
    : [];
}

function repeatGuards({ part }: Written): Guard[] {
  const said = routeSections
    .flatMap(({ fields }) => fields)
    .filter(({ key }) => key === 'RetryOn' || key === 'RetryOnStatusCodes')
    .map((field) => String(valueOf(part, field) ?? ''));
  const [words = '', codes = ''] = said;
  if (!/(^|,)(5xx|reset|gateway-error)(,|$)/.test(words) && codes === '') return [];
  return [
    guardOf(
      'repeats-begun-requests',
      'tick',
      'Requests that the service has begun are sent again',
      `${[words, codes].filter((one) => one !== '').join(',')} repeats them after an error: what they do (a payment, an order) may be done twice.`,
    ),
  ];
}

/** Whether who answers instead is there, and lets these callers in. */
function failoverGuards(registry: Registry, service: string, part: Content): Guard[] {
  const to = textAt(part, 'Service') ?? service;
  const subset = textAt(part, 'ServiceSubset');
  if (textAt(part, 'Service') === null && subset === null)
    return [guardOf('fallback', 'pass', `Nobody answers for ${service} any more when no instance is left`)];
  if (to === service && subset === null)
    return [
      guardOf('fallback', 'block', `${service} cannot stand in for itself: name another service or a subset`),
    ];
  const resolver = readResolver(registry.entries('service-resolver').find(({ name }) => name === to));
  if (subset !== null && resolver?.Subsets?.[subset] === undefined)
    return [guardOf('fallback', 'block', `The service-resolver of ${to} declares no subset ${subset}`)];
  return standInGuards(registry, service, to);
}
