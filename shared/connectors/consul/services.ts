import { hostOf } from './names.ts';
import type { Registry } from './registry.ts';

/** A service's name by one of its hosts; null where it is none of this data centre. */
export function serviceOf(registry: Registry, host: string): string | null {
  const found = (registry.catalog.value?.instances ?? []).find(
    (one) => hostOf(one.service, one.namespace, registry.datacenter) === host,
  );
  return found?.service ?? null;
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
