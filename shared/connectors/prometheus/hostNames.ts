/** What of a host names a service of a cluster: `payment`, `payment.shop`, `payment.shop.svc…`; null for any other host. */
export function clusterNameOf(
  host: string,
): { readonly name: string; readonly namespace: string | null } | null {
  const [name, namespace, svc] = host.toLowerCase().split('.');
  if (name === undefined || name === '' || (svc !== undefined && svc !== 'svc')) return null;
  return { name, namespace: namespace ?? null };
}

/** The services that hosts name, each once; namespaces only where every name has one. */
export function clusterNamesOf(hosts: readonly string[]): {
  readonly names: readonly string[];
  readonly namespaces: readonly string[];
} {
  const named = hosts.flatMap((host) => clusterNameOf(host) ?? []);
  return {
    names: [...new Set(named.map(({ name }) => name))],
    namespaces: [...new Set(named.flatMap(({ namespace }) => namespace ?? []))],
  };
}

/** Names that stand for whoever asks, not for a peer. */
const ONESELF = /^(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1|\[::1\])$/;

/** A host without scheme, port and path; null where it names nobody: a placeholder, or the caller itself. */
export function hostIn(address: string | undefined): string | null {
  if (address === undefined) return null;
  const bare = address.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/[/?#].*$/s, '');
  const host = bare.replace(/:\d+$/, '').toLowerCase();
  return host === '' || host === 'none' || host === 'unknown' || ONESELF.test(host) ? null : host;
}
