/** An address without its port: "10.1.2.3" of "10.1.2.3:8080", "fd00::1" of "[fd00::1]:8080". */
export function hostOf(address: string): string {
  const [, six, four] = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(address) ?? [];
  return six ?? four ?? address;
}

/**
 * By what an instance can be told from another system's: its address with and without the port, for one system names the
 * port and another does not. None for loopback, which every machine has.
 */
export function addressKeys(address: string): readonly string[] {
  const host = hostOf(address);
  if (/^127\.|^::1$|^localhost$|^0\.0\.0\.0$/.test(host)) return [];
  return host === address ? [host] : [address, host];
}

/** The neighbourhood of an address, by which instances of one cluster can be told: the first half of IPv4, /64 of IPv6. */
export function rangeOf(host: string): string {
  if (!host.includes(':')) return host.split('.').slice(0, 2).join('.');
  const [before = ''] = host.split('::');
  return before.split(':').slice(0, 4).join(':').toLowerCase();
}
