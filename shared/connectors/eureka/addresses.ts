import type { ServiceAddress } from '../../model/serviceAddress.ts';
import type { AddressSource } from '../kit/connector.ts';
import type { Registered } from './applications.ts';
import { isServing, serviceOf } from './names.ts';
import type { Registry } from './registry.ts';

/** How clients of Eureka name an application. */
export function createAddressSource(registry: Registry): AddressSource {
  return {
    read: ({ name }) =>
      Promise.resolve(addressesOf((registry.instances ?? []).filter((one) => serviceOf(one) === name))),
  };
}

/** Of the instances of one application: its name for each kind of client, and the virtual addresses that differ from it. */
export function addressesOf(instances: readonly Registered[]): ServiceAddress[] {
  const [first] = instances;
  if (first === undefined) return [];
  const serving = instances.filter(isServing).length;
  const whom = `a client that asks Eureka (a load-balanced RestTemplate or WebClient, Feign); ${serving} of ${instances.length} instances are handed out`;
  const virtual = new Set(instances.flatMap(({ vip }) => (vip ?? '').split(',')).map((one) => one.trim()));
  const others = [...virtual].filter((vip) => vip !== '' && vip.toUpperCase() !== first.app.toUpperCase());
  return [
    { text: `http://${first.app}/`, purpose: `for ${whom}`, reach: 'registry' },
    {
      text: `lb://${first.app}`,
      purpose: 'as the uri of a route of Spring Cloud Gateway',
      reach: 'registry',
    },
    ...others.map((vip): ServiceAddress => ({
      text: `http://${vip}/`,
      purpose: 'for the same clients, by its virtual address',
      reach: 'registry',
    })),
  ];
}
