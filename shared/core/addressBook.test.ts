import { expect, test } from 'vitest';
import { instance } from '../analysis/told.fixture.ts';
import { PeerError } from '../connectors/kit/peerError.ts';
import type { AddressSource } from '../connectors/kit/connector.ts';
import type { LiveConnection } from './liveConnection.ts';
import { readAddresses } from './addressBook.ts';
import type { OneMap, Place } from './oneMap.ts';
import type { World } from './world.ts';

/** A system that knows the service order; `kind` is that of what runs it. */
function place(id: string, kind: string, addresses?: AddressSource): Place {
  const connection = {
    id,
    closed: new AbortController().signal,
    sources: [{ session: { addresses } }],
    observations: () => [{ workloads: [{ kind }] }],
  } as unknown as LiveConnection; // The parts that are looked at.
  const service = { id: `${id}/order`, name: 'order', namespace: null, hosts: [`order.${id}`] };
  return { connection, service: service as unknown as Place['service'] };
}

const read = (places: readonly Place[], addresses: readonly string[]) =>
  readAddresses(
    'east/order',
    {
      oneMap: { places: () => places, systemOf: (id: string) => id } as unknown as OneMap,
      world: {
        instances: (id: string) =>
          addresses.map((at) => instance('a', id.startsWith('east') ? at.split(':')[0] : at)),
      } as unknown as World,
    },
    undefined,
  );

test('a pod’s address leads nowhere outside of its cluster, also where a registry lists it', async () => {
  const consul = place('dc1', 'instances');
  const both = await read([place('east', 'Deployment'), consul], ['10.0.0.1:80']);
  expect(both.places.map(({ instances }) => instances.map(({ text, reach }) => [text, reach]))).toEqual([
    [['10.0.0.1', 'cluster']],
    [['10.0.0.1:80', 'cluster']],
  ]);
  const alone = await read([consul], ['10.0.0.1:80']);
  expect(alone.places[0]?.instances[0]?.reach).toBe('network');
});

test('one system that cannot be asked is told of and leaves the others, and hosts stand in for it', async () => {
  const broken = place('dc1', 'instances', {
    read: () => Promise.reject(new PeerError('forbidden', 'No right to read Services.')),
  });
  const told = { text: 'order:80', purpose: 'from pods', reach: 'cluster' as const };
  const { places } = await read([place('east', 'Deployment', { read: async () => [told] }), broken], []);
  expect(places[0]?.addresses).toEqual([told]);
  expect(places[1]?.addresses.map(({ text }) => text)).toEqual(['order.dc1']);
  expect(places[1]?.problems).toHaveLength(1);
});

test('a service that is gone is refused', async () => {
  await expect(read([], [])).rejects.toThrow('not on the map any more');
});
