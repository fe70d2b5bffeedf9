import type { Split } from '../../model/weights.ts';

/** Other documents that claim a host of this one for the same proxies. */
export function siblingsOf(split: Split, all: readonly Split[]): string[] {
  const names = new Set<string>();
  for (const other of all) {
    if (other.document.uid === split.document.uid) continue;
    // Gateways merge the documents of a host; sidecars do not.
    const proxies = other.gateways.includes('mesh') && split.gateways.includes('mesh');
    if (proxies && other.hosts.some((host) => split.hosts.includes(host)))
      names.add(`VirtualService ${other.document.namespace ?? ''}/${other.document.name}`);
  }
  return [...names];
}
