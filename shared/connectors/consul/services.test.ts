import { expect, test } from 'vitest';
import { readNodes } from './catalog.ts';
import { instancesOf } from './instances.ts';
import type { Registry } from './registry.ts';
import { isMeshed } from './services.ts';

const sidecar = (of: string) => ({
  ID: `${of}-proxy`,
  Service: `${of}-sidecar-proxy`,
  Kind: 'connect-proxy',
  Proxy: { DestinationServiceName: of, DestinationServiceID: of },
});

/** A data centre with these services on one node; `filtered` where the token may not see all of it. */
function registryOf(services: readonly object[] | null, filtered = false): Registry {
  const read = readNodes([{ Node: 'one', Services: services ?? [] }]);
  const value = services === null ? null : { ...read, instances: instancesOf(read.all), filtered };
  // Nothing else of it is looked at.
  return { catalog: { value } } as unknown as Registry;
}

const plain = (name: string, more: object = {}) => ({ ID: name, Service: name, ...more });
const caller = { namespace: 'default', name: 'order' };

test.each([
  ['a caller with a sidecar holds to what is declared', registryOf([plain('order'), sidecar('order')]), true],
  ['one beside whom only others have one does not', registryOf([plain('order'), sidecar('edge')]), false],
  ['a gateway is a proxy itself', registryOf([plain('order', { Kind: 'api-gateway' })]), true],
  [
    'a program that joins the mesh by itself has no proxy',
    registryOf([plain('order', { Connect: { Native: true } })]),
    false,
  ],
  ['of one that is not registered nobody can tell', registryOf([sidecar('edge')]), null],
  ['nor where the token may not see all', registryOf([plain('order')], true), null],
  ['nor before anything was read', registryOf(null), null],
  [
    'one of another namespace is another',
    registryOf([plain('order'), { ...sidecar('order'), Namespace: 'two' }]),
    false,
  ],
])('%s', (_, registry, expected) => expect(isMeshed(registry, caller)).toBe(expected));
