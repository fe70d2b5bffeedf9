import type { RegistryFinding } from '../model/registryFinding.ts';
import { addressKeys, hostOf } from './addresses.ts';
import type { Networks } from './networks.ts';
import type { FaceTold, NodeTold } from './told.ts';

interface Claim {
  readonly node: NodeTold;
  readonly face: FaceTold;
  readonly instance: string;
  readonly address: string;
}

/**
 * Addresses that two services claim while both are handed to callers: one gets the other's calls. It is told as a fact with
 * both claimants, for one process may well have two names. Not told where the address is a gateway's, or where three or more
 * services have it for their only one, which is a load balancer in front of them. Compared within one network only.
 */
export function claimedAddresses(nodes: readonly NodeTold[], networks: Networks): RegistryFinding[] {
  const claims = nodes.flatMap(claimsOf);
  const fronts = new Set(claims.filter(({ node }) => node.isGateway).map(({ address }) => hostOf(address)));
  const behind = claims.filter(({ address }) => !fronts.has(hostOf(address)));
  const exact = groupBy(behind.filter(namesPort), ({ address }) => address).flatMap((group) =>
    together(group, networks).flatMap(sayTwice),
  );
  return [...exact, ...ofOthersInstance(behind, networks)];
}

function claimsOf(node: NodeTold): Claim[] {
  return node.faces.flatMap((face) =>
    face.instances.flatMap(({ ready, address, name }) =>
      // Loopback is every machine's own.
      ready && address !== undefined && addressKeys(address).length > 0
        ? [{ node, face, instance: name, address }]
        : [],
    ),
  );
}

const namesPort = ({ address }: Claim): boolean => hostOf(address) !== address;

/** Claims of one address by the network that they are of: the same numbers elsewhere are another machine. */
function together(group: readonly Claim[], networks: Networks): Claim[][] {
  const parts: Claim[][] = [];
  for (const claim of group) {
    const part = parts.find(
      ([first]) => first !== undefined && networks.areOne(first.face.connectionId, claim.face.connectionId),
    );
    if (part === undefined) parts.push([claim]);
    else part.push(claim);
  }
  return parts;
}

function sayTwice(group: readonly Claim[]): RegistryFinding[] {
  const byNode = [...new Map(group.map((claim) => [claim.node.id, claim])).values()];
  const [first, ...others] = byNode.sort((a, b) => (a.node.id < b.node.id ? -1 : 1));
  if (first === undefined) return [];
  if (others.length > 1 && byNode.every(isOnlyAddress)) return [];
  return others.map((other) => ({
    rule: 'address-claimed',
    serviceId: first.node.id,
    otherId: other.node.id,
    text: `${first.address} is claimed twice: ${saysOf(first)}, ${saysOf(other)}.`,
  }));
}

const saysOf = ({ face, instance }: Claim): string =>
  `${face.system} lists it as ${instance} of ${face.name}`;

const isOnlyAddress = ({ face, address }: Claim): boolean =>
  face.instances.every((instance) => instance.address === address);

/**
 * A registered address which is that of another service's instance: an instance that is gone left its registration behind, and
 * its address was given away. Only where the runner knows both services: else the two may be one by another name.
 */
function ofOthersInstance(claims: readonly Claim[], networks: Networks): RegistryFinding[] {
  const run = new Map(
    groupBy(
      claims.filter(({ face }) => face.runs),
      ({ address }) => hostOf(address),
    ).map((group) => [hostOf(group[0]?.address ?? ''), group]),
  );
  return claims.flatMap((listed): RegistryFinding[] => {
    if (listed.face.runs) return [];
    const owners = (run.get(hostOf(listed.address)) ?? []).filter(({ face }) =>
      networks.areOne(face.connectionId, listed.face.connectionId),
    );
    const [owner] = owners;
    if (owner === undefined || owners.some(({ node }) => node.id === listed.node.id)) return [];
    const runsBoth = listed.node.faces.some(
      ({ connectionId, instances }) => connectionId === owner.face.connectionId && instances.length > 0,
    );
    if (!runsBoth) return [];
    return [
      {
        rule: 'address-claimed',
        serviceId: listed.node.id,
        otherId: owner.node.id,
        text: `${listed.address} is claimed twice: ${saysOf(listed)}, and in ${owner.face.system} it is ${owner.instance} of ${owner.face.name}.`,
      },
    ];
  });
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  return [...Map.groupBy(items, keyOf).values()];
}
