import type { ServiceAddress } from '../../model/serviceAddress.ts';
import type { AddressSource } from '../kit/connector.ts';
import type { Definition } from './gateway/definitions.ts';
import type { Gateways } from './gateway/gateways.ts';

/** Paths of Spring Cloud Gateways whose routes lead to a service. */
export function createAddressSource(gateways: Gateways): AddressSource {
  return {
    read({ name }) {
      const found = gateways
        .all()
        .flatMap(({ service, table }) => routedTo(name, service, table?.definitions ?? []));
      return Promise.resolve([...new Map(found.map((one) => [`${one.text} ${one.purpose}`, one])).values()]);
    },
  };
}

/** The paths of the routes that go to an application by load balancing; `gateway`: the service that the gateway is. */
export function routedTo(
  application: string,
  gateway: string,
  definitions: readonly Definition[],
): ServiceAddress[] {
  return definitions
    .filter(({ uri }) => uri.toLowerCase() === `lb://${application.toLowerCase()}`)
    .flatMap(({ id, predicates }) =>
      predicates
        .filter(({ name }) => name === 'Path')
        .flatMap(({ args }) => Object.values(args).filter((path) => typeof path === 'string'))
        // The short form keeps flags of matching beside the paths.
        .filter((path) => path.startsWith('/'))
        .map((path): ServiceAddress => ({
          text: path,
          purpose: `path at the gateway ${gateway}, by its route ${id}`,
          reach: 'outside',
        })),
    );
}
