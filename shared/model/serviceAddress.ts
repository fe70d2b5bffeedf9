import { z } from 'zod';
import { ConnectionId, EntityId } from './entity.ts';

/** One way to reach a service, ready to be copied. */
export const ServiceAddress = z.object({
  /** "order.shop.svc.cluster.local:8080", "http://ORDER/", "10.1.2.3:8080". */
  text: z.string(),
  /** Who uses it and what it leads to. */
  purpose: z.string(),
  /**
   * From where it leads anywhere: inside the cluster only, through proxies of the mesh only, for clients that ask the registry
   * only, wherever the network of the instances can be reached, from outside.
   */
  reach: z.enum(['cluster', 'mesh', 'registry', 'network', 'outside']),
});
export type ServiceAddress = z.infer<typeof ServiceAddress>;

/** How a service is reached in each system that knows it. */
export const AddressBookPage = z.object({
  places: z.array(
    z.object({
      connectionId: ConnectionId,
      /** "Consul dc2". */
      system: z.string(),
      serviceId: EntityId,
      name: z.string(),
      namespace: z.string().nullable(),
      addresses: z.array(ServiceAddress),
      /** Of single instances, past whatever balances over them. */
      instances: z.array(ServiceAddress),
      /** What could not be read, in words. */
      problems: z.array(z.string()),
    }),
  ),
});
export type AddressBookPage = z.infer<typeof AddressBookPage>;
