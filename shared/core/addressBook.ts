import { hostOf } from '../analysis/addresses.ts';
import { anySignal } from '../connectors/kit/anySignal.ts';
import { sayError } from '../connectors/kit/peerError.ts';
import type { AddressBookPage, ServiceAddress } from '../model/serviceAddress.ts';
import type { InstanceObservation } from '../model/topology.ts';
import { runsInstances } from './instancesByService.ts';
import type { LiveConnection } from './liveConnection.ts';
import type { OneMap } from './oneMap.ts';
import { Refusal } from './refusal.ts';
import type { World } from './world.ts';

/** More instances than these are told by their number. */
const mostInstances = 20;

/** How a service is reached: as each system that knows it says, and at its instances. Throws a Refusal where nobody knows it. */
export async function readAddresses(
  serviceId: string,
  { world, oneMap }: { readonly world: World; readonly oneMap: OneMap },
  signal: AbortSignal | undefined,
): Promise<AddressBookPage> {
  const places = oneMap.places(serviceId);
  if (places.length === 0) throw new Refusal('REFUSED', 'That service is not on the map any more.');
  // A registry lists a pod by an address that leads nowhere outside of the pod's cluster.
  const inCluster = new Set(
    places
      .filter(({ connection }) => runsInstances(connection))
      .flatMap(({ service }) => world.instances(service.id).map(({ address }) => hostOf(address ?? ''))),
  );
  return {
    places: await Promise.all(
      places.map(async ({ service, connection }) => {
        const { id, name, namespace, hosts } = service;
        const problems: string[] = [];
        const told = await askSources(connection, { namespace, name, hosts }, signal, problems);
        // Where nobody tells more, a name is all there is to go by.
        const named = told.length > 0 ? told : hosts.map(byName);
        return {
          connectionId: connection.id,
          system: oneMap.systemOf(connection.id),
          serviceId: id,
          name,
          namespace,
          addresses: named,
          instances: atInstances(world.instances(id), inCluster, problems),
          problems,
        };
      }),
    ),
  };
}

async function askSources(
  connection: LiveConnection,
  key: { readonly namespace: string | null; readonly name: string; readonly hosts: readonly string[] },
  signal: AbortSignal | undefined,
  problems: string[],
): Promise<ServiceAddress[]> {
  const limit = signal === undefined ? connection.closed : anySignal([connection.closed, signal]);
  const all: ServiceAddress[] = [];
  for (const { session } of [...connection.sources]) {
    try {
      all.push(...((await session.addresses?.read(key, limit)) ?? []));
    } catch (thrown) {
      problems.push(sayError(thrown, `Reading how ${key.name} is reached`));
    }
  }
  return all;
}

const byName = (host: string): ServiceAddress => ({
  text: host,
  purpose: 'how callers in this system name it',
  reach: 'mesh',
});

function atInstances(
  instances: readonly InstanceObservation[],
  inCluster: ReadonlySet<string>,
  problems: string[],
): ServiceAddress[] {
  const reached = instances.filter(({ address }) => address !== undefined);
  const left = reached.length - mostInstances;
  if (left > 0) problems.push(`${left} more instances have addresses of their own.`);
  return reached.slice(0, mostInstances).map(({ name, address = '', ready, version }) => ({
    text: address,
    purpose: `instance ${name}${version === null ? '' : ` of ${version}`}${ready ? '' : ', not ready'}`,
    reach: inCluster.has(hostOf(address)) ? 'cluster' : 'network',
  }));
}
