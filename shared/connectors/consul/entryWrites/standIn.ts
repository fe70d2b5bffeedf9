import type { Guard } from '../../../model/change.ts';
import { guardOf } from '../../kit/splitGuards.ts';
import { readIntentions } from '../intentions.ts';
import type { Registry } from '../registry.ts';
import { callersOf } from '../services.ts';

/** Whether a service that is to answer in another's place is there, and lets that one's callers in. */
export function standInGuards(registry: Registry, service: string, to: string): Guard[] {
  const instances = (registry.catalog.value?.instances ?? []).filter((one) => one.service === to);
  const ready = instances.filter((one) => one.ready).length;
  return [
    ready === 0
      ? guardOf(
          'fallback',
          'typeName',
          `${to} has no ready instance`,
          'Calls sent there fail until one is ready.',
        )
      : guardOf('fallback', 'pass', `${to} is there to answer`, `${ready} ready`),
    ...(to === service ? [] : shutOut(registry, callersOf(registry, service), to)),
  ];
}

/** The answering service's own intentions count, not those of the service that was called (Consul, discovery chain). */
function shutOut(registry: Registry, callers: readonly string[], to: string): Guard[] {
  const policy = readIntentions(registry);
  const shut = callers.filter(
    (name) => policy.allows({ namespace: 'default', name }, { namespace: 'default', name: to }) === false,
  );
  if (shut.length === 0) return [];
  return [
    guardOf(
      'stand-in-intentions',
      shut.length === callers.length ? 'typeName' : 'tick',
      `An intention of ${to} denies ${shut.slice(0, 3).join(', ')}${shut.length > 3 ? ` and ${shut.length - 3} more` : ''}`,
      'Its calls would be answered 403 there instead of being served.',
    ),
  ];
}
