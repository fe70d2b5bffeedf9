import { networkInterfaces } from 'node:os';

/** Bridges of containers and virtual machines come and go and lead nowhere that a cluster is. */
const virtual = /^(veth|docker|br-|virbr|cni|flannel|cali|vmnet|vbox|lxc|podman)/i;

/** The networks that this machine is in, by its addresses there. */
export function networksHere(): ReadonlySet<string> {
  const here = new Set<string>();
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (virtual.test(name)) continue;
    for (const { address, family, internal } of addresses ?? []) {
      if (internal || address.startsWith('fe80:')) continue;
      // Only the first half of an IPv6 address: the second changes by itself, for privacy.
      here.add(family === 'IPv6' ? address.split(':').slice(0, 4).join(':') : address);
    }
  }
  return here;
}
