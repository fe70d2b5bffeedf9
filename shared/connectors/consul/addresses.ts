import type { ServiceAddress } from '../../model/serviceAddress.ts';
import type { AddressSource } from '../kit/connector.ts';
import { hostsOf } from './names.ts';
import type { Registry } from './registry.ts';

/** The names by which Consul's DNS and its mesh know a service; ports are those that its instances register. */
export function createAddressSource(registry: Registry): AddressSource {
  return {
    read({ namespace, name }) {
      const instances = (registry.catalog.value?.instances ?? []).filter(
        (one) => one.service === name && one.namespace === namespace,
      );
      if (instances.length === 0) return Promise.resolve([]);
      const ports = [
        ...new Set(instances.flatMap(({ address }) => /:(\d+)$/.exec(address ?? '')?.[1] ?? [])),
      ];
      return Promise.resolve(addressesOf(name, namespace ?? 'default', registry.datacenter, ports));
    },
  };
}

/** `ports`: what instances register; DNS names carry none, and SRV records tell them. */
export function addressesOf(
  service: string,
  namespace: string,
  datacenter: string,
  ports: readonly string[],
): ServiceAddress[] {
  const at =
    ports.length === 0
      ? ''
      : `; ${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}, which SRV records tell`;
  return hostsOf(service, namespace, datacenter).map((text): ServiceAddress => {
    if (!text.includes('.'))
      return {
        text,
        purpose:
          'as destination_name of an upstream of a sidecar; it is then at the local port of that upstream',
        reach: 'mesh',
      };
    if (text.endsWith('.virtual.consul'))
      return {
        text,
        purpose: 'through a transparent proxy of the mesh, with its splits and routes',
        reach: 'mesh',
      };
    const whom = text.includes(`.${datacenter}.`)
      ? 'by Consul’s DNS, from every data centre'
      : `by Consul’s DNS, from data centre ${datacenter} only`;
    return { text, purpose: `${whom}; past the mesh and its weights${at}`, reach: 'registry' };
  });
}
