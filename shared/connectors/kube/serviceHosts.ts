/** Name and namespace of a Kubernetes Service behind a qualified host; null for any other host. */
export function serviceOf(host: string): { readonly namespace: string; readonly name: string } | null {
  const match = /^([^.*]+)\.([^.]+)\.svc\.cluster\.local$/.exec(host);
  return match?.[1] === undefined || match[2] === undefined ? null : { name: match[1], namespace: match[2] };
}

/** What people call a host: the service's own name where it is one. */
export const shortName = (host: string): string => serviceOf(host)?.name ?? host;

/** The host by which a Service is known everywhere in the cluster. */
export const hostOfService = (namespace: string, name: string): string =>
  `${name}.${namespace}.svc.cluster.local`;
