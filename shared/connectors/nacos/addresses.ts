import type { ServiceAddress } from '../../model/serviceAddress.ts';
import type { AddressSource } from '../kit/connector.ts';
import { defaultGroup } from './api.ts';
import { isServing, titleOf } from './names.ts';
import type { KnownService, Registry } from './registry.ts';

/** How clients of Nacos name a service: by its name, within a namespace and a group that they were set to. */
export function createAddressSource(registry: Registry): AddressSource {
  return {
    read: ({ namespace, name }) =>
      Promise.resolve(
        (registry.services ?? [])
          .filter(
            ({ service }) =>
              titleOf(service) === name &&
              (namespace === null || registry.titleOf(service.namespaceId) === namespace),
          )
          .flatMap(addressesOf),
      ),
  };
}

function addressesOf({ service, instances }: KnownService): ServiceAddress[] {
  const { namespaceId, group, name } = service;
  const serving = instances.filter(isServing).length;
  const place = `of namespace ${namespaceId}${group === defaultGroup ? '' : ` and group ${group}`}`;
  return [
    {
      text: `http://${name}/`,
      purpose: `for a client ${place} that asks Nacos (a load-balanced RestTemplate or WebClient, Feign); ${serving} of ${instances.length} instances are handed out`,
      reach: 'registry',
    },
    { text: `lb://${name}`, purpose: 'as the uri of a route of Spring Cloud Gateway', reach: 'registry' },
    { text: `${group}@@${name}`, purpose: `its full name for clients of Nacos, ${place}`, reach: 'registry' },
  ];
}
