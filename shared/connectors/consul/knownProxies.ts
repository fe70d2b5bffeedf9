import type { KnownProxy } from '../kit/connector.ts';
import type { Registered } from './catalog.ts';
import { hostOf } from './names.ts';
import type { Registry } from './registry.ts';

/** Sidecars beside instances, with the address of their admin endpoint where they are registered with it. */
export function knownProxies(registry: Registry): KnownProxy[] {
  const { all = [], instances = [] } = registry.catalog.value ?? {};
  const ids = Map.groupBy(instances, (one) => `${one.namespace}/${one.id}`);
  return all.flatMap((proxy): KnownProxy[] => {
    const { proxyOf } = proxy;
    if (proxyOf === null) return [];
    const beside = instances.find((one) => one.node === proxy.node && one.id === proxyOf.id);
    if (beside === undefined) return [];
    const alone = ids.get(`${beside.namespace}/${beside.id}`)?.length === 1;
    return [
      {
        namespace: beside.namespace,
        instance: alone ? beside.id : `${beside.id} on ${beside.node}`,
        service: beside.service,
        address: adminAddress(proxy) ?? adminAddress(beside),
        calls: proxyOf.upstreams
          .filter(({ datacenter }) => datacenter === null || datacenter === registry.datacenter)
          .map(({ name, namespace }) => hostOf(name, namespace, registry.datacenter)),
      },
    ];
  });
}

/** "http://10.0.0.1:19000" or "10.0.0.1:19000"; what else stands there is no address, and nobody goes there. */
function adminAddress({ meta }: Registered): string | null {
  const said = (meta.get('envoy-admin-address') ?? '').trim();
  if (said === '') return null;
  const url = URL.parse(/^https?:\/\//.test(said) ? said : `http://${said}`);
  return url === null || url.pathname !== '/' || url.search !== '' || url.username !== '' ? null : url.origin;
}
