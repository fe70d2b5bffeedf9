import type { InProxies } from '../../../model/change.ts';
import { timeMs } from '../entryWrites/alike.ts';
import { type Content, isFor, overridesOf } from '../entryWrites/content.ts';
import { hostOf } from '../names.ts';
import type { Registry } from '../registry.ts';
import { mapAt, routesIn, takesAll, textAt } from '../routes.ts';
import type { FormTarget } from './targets.ts';

/** What callers' proxies should hold of a target once they have the entry; null where no proxy would say. */
export function heldOf(registry: Registry, target: FormTarget, after: Content): InProxies | null {
  const everyone = { namespace: 'default', caller: null };
  switch (target.kind) {
    case 'call':
      return {
        namespace: 'default',
        caller: { namespace: 'default', name: target.caller },
        ...heldFor(target.callee, after),
      };
    case 'everyCall':
      return { ...everyone, everyCall: everyCallOf(after) };
    case 'route':
      return target.asks === '{}' ? { ...everyone, everyCall: everyCallOf(after) } : null;
    case 'failover': {
      const part = mapAt(mapAt(after, 'Failover'), '*');
      const service =
        textAt(part, 'Service') ?? (textAt(part, 'ServiceSubset') === null ? null : target.service);
      const host = service === null ? null : hostOf(service, 'default', registry.datacenter);
      return { ...everyone, failover: { host } };
    }
    case 'defaults':
      return null;
  }
}

/** An override's part goes before that of the defaults, as a whole. */
function heldFor(callee: string, after: Content): Pick<InProxies, 'limits' | 'ejection'> {
  const own = overridesOf(after).find(isFor(callee)) ?? {};
  const shared = mapAt(mapAt(after, 'UpstreamConfig'), 'Defaults');
  const part = (key: string): Content => (own[key] === undefined ? mapAt(shared, key) : mapAt(own, key));
  const [limits, ejection] = [part('Limits'), part('PassiveHealthCheck')];
  return {
    limits: {
      connections: numberAt(limits, 'MaxConnections'),
      waiting: numberAt(limits, 'MaxPendingRequests'),
      requests: numberAt(limits, 'MaxConcurrentRequests'),
    },
    ejection: {
      // Of these two Consul sends no 0.
      consecutive5xx: numberAt(ejection, 'MaxFailures') || null,
      intervalMs: timeMs(ejection['Interval']) || null,
      baseMs: timeMs(ejection['BaseEjectionTime']),
      maxPercent: numberAt(ejection, 'MaxEjectionPercent'),
      enforcingPercent: numberAt(ejection, 'EnforcingConsecutive5xx'),
    },
  };
}

function everyCallOf(after: Content): NonNullable<InProxies['everyCall']> {
  const destination = routesIn(after).find(takesAll)?.destination ?? {};
  return {
    timeoutMs: timeMs(destination['RequestTimeout']) || null,
    retries: numberAt(destination, 'NumRetries') || null,
  };
}

const numberAt = (content: Content, key: string): number | null => {
  const value = content[key];
  return typeof value === 'number' ? value : null;
};
