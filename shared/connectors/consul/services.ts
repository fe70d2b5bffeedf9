import type { Caller } from '../../model/change.ts';
import type { Registered } from './catalog.ts';
import { hostOf } from './names.ts';
import type { Registry } from './registry.ts';

/** A service's name by one of its hosts; null where it is none of this data centre. */
export function serviceOf(registry: Registry, host: string): string | null {
  const found = (registry.catalog.value?.instances ?? []).find(
    (one) => hostOf(one.service, one.namespace, registry.datacenter) === host,
  );
  return found?.service ?? null;
}

/**
 * Whether a sidecar carries a caller's calls, or it is a gateway itself; null where the catalog does not tell, as with a token that
 * may not see all of it. Programs that join the mesh by themselves have none, and hold to nothing that is declared for proxies.
 */
export function isMeshed({ catalog }: Registry, { namespace, name }: Caller): boolean | null {
  const { all = [], filtered = true } = catalog.value ?? {};
  const isIn = (one: Registered): boolean => namespace === null || one.namespace === namespace;
  const own = all.filter((one) => isIn(one) && one.service === name);
  const isCarried = all.some((one) => isIn(one) && one.proxyOf?.service === name);
  if (isCarried || own.some(({ kind }) => kind !== '')) return true;
  return own.length === 0 || filtered ? null : false;
}

/** Services whose sidecars are told to reach a callee. */
export function callersOf(registry: Registry, callee: string): string[] {
  const all = (registry.catalog.value?.all ?? []).flatMap(({ proxyOf }) =>
    proxyOf?.upstreams.some(
      ({ name, datacenter }) =>
        name === callee && (datacenter === null || datacenter === registry.datacenter),
    ) === true
      ? [proxyOf.service]
      : [],
  );
  return [...new Set(all)].sort();
}
