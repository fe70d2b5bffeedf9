import type { ConnectionId } from '../model/entity.ts';
import { addressKeys, hostOf } from './addresses.ts';
import type { NodeTold } from './told.ts';

/** Which systems speak of the same network, as far as anything shows it. */
export interface Networks {
  areOne(a: ConnectionId, b: ConnectionId): boolean;
}

/**
 * Private addresses mean other machines in every network. Two systems speak of one network where both list a service of the
 * same name at one address; what holds for two pairs of systems holds for the third.
 */
export function networksOf(nodes: readonly Pick<NodeTold, 'faces'>[]): Networks {
  const next = new Map<ConnectionId, ConnectionId>();
  const rootOf = (id: ConnectionId): ConnectionId => {
    const up = next.get(id);
    return up === undefined || up === id ? id : rootOf(up);
  };
  for (const { faces } of nodes) {
    for (const [i, one] of faces.entries()) {
      const hosts = hostsOf(one);
      for (const other of faces.slice(i + 1)) {
        if (one.name.toLowerCase() !== other.name.toLowerCase()) continue;
        if ([...hostsOf(other)].some((host) => hosts.has(host)))
          next.set(rootOf(other.connectionId), rootOf(one.connectionId));
      }
    }
  }
  return { areOne: (a, b) => rootOf(a) === rootOf(b) };
}

function hostsOf({ instances }: NodeTold['faces'][number]): Set<string> {
  return new Set(
    instances.flatMap(({ address }) =>
      address === undefined || addressKeys(address).length === 0 ? [] : [hostOf(address)],
    ),
  );
}
