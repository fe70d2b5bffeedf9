/** A short name means a Service in the document's own namespace; a name with a dot or a wildcard is whole already (Istio's rule). */
export function qualify(host: string, namespace: string): string {
  if (host === '*' || host.includes('.') || host.startsWith('*')) return host.toLowerCase();
  return `${host}.${namespace}.svc.cluster.local`.toLowerCase();
}

/** Whether a host of a document, which may begin with `*`, covers this one. */
export function covers(pattern: string, host: string): boolean {
  if (pattern === host || pattern === '*') return true;
  return pattern.startsWith('*.') && host.endsWith(pattern.slice(1));
}
