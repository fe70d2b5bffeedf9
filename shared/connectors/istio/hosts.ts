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

/** Name and namespace of a Kubernetes Service behind a qualified host; null for any other host. */
export function serviceOf(host: string): { readonly namespace: string; readonly name: string } | null {
  const match = /^([^.*]+)\.([^.]+)\.svc\.cluster\.local$/.exec(host);
  return match?.[1] === undefined || match[2] === undefined ? null : { name: match[1], namespace: match[2] };
}

/** What people call a host: the service's own name where it is one. */
export const shortName = (host: string): string => serviceOf(host)?.name ?? host;
