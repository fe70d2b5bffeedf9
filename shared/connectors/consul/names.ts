/**
 * Hosts by which a service of a data centre can be called, Consul's own DNS name first: no other data centre has that one.
 * `default` is the namespace of everything where there are no namespaces (Consul's community edition).
 */
export function hostsOf(service: string, namespace: string, datacenter: string): string[] {
  const name = service.toLowerCase();
  if (namespace !== 'default') return [`${name}.service.${namespace}.ns.${datacenter}.dc.consul`];
  return [`${name}.service.${datacenter}.consul`, `${name}.service.consul`, `${name}.virtual.consul`, name];
}

export const hostOf = (service: string, namespace: string, datacenter: string): string =>
  hostsOf(service, namespace, datacenter)[0] ?? service;
