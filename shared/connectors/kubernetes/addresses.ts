import type { ServiceAddress } from '../../model/serviceAddress.ts';
import type { AddressSource } from '../kit/connector.ts';
import { PeerError } from '../kit/peerError.ts';
import type { KubeClient } from '../kube/client.ts';
import { type KubeObject, listAt, namespaceOf, numberAt, textAt } from '../kube/objects.ts';
import { services } from '../kube/resources.ts';

/** How a Service is reached, as its document says now. */
export function createAddressSource(client: KubeClient): AddressSource {
  return {
    async read({ namespace, name }, signal) {
      if (namespace === null) return [];
      try {
        return addressesOf(await client.object(services, namespace, name, signal));
      } catch (error) {
        // What the mesh calls outside is no Service.
        if (error instanceof PeerError && error.kind === 'notFound') return [];
        throw error;
      }
    },
  };
}

/** The DNS names of a Service in each of their forms, its own address, and its ways in from outside; each with its ports. */
export function addressesOf(service: KubeObject): ServiceAddress[] {
  const namespace = namespaceOf(service);
  const { name } = service.metadata;
  const external = textAt(service, 'spec', 'externalName');
  if (external !== null && textAt(service, 'spec', 'type') === 'ExternalName')
    return [
      {
        text: `${name}.${namespace}.svc.cluster.local`,
        purpose: `from any pod; an alias of ${external}, which lies outside`,
        reach: 'cluster',
      },
    ];
  const ports = listAt(service, 'spec', 'ports').flatMap((port) => numberAt(port, 'port') ?? []);
  const clusterIp = textAt(service, 'spec', 'clusterIP') ?? '';
  const isHeadless = clusterIp === 'None';
  const leads = isHeadless ? '; answers with the addresses of the ready instances themselves' : '';
  const within = (host: string, purpose: string): ServiceAddress[] =>
    withPorts(host, ports).map((text) => ({ text, purpose, reach: 'cluster' }));
  return [
    ...within(`${name}.${namespace}.svc.cluster.local`, `from any pod, fully qualified${leads}`),
    ...within(`${name}.${namespace}`, 'from any pod'),
    ...within(name, `from pods of the namespace ${namespace} only`),
    ...(clusterIp === '' || isHeadless
      ? []
      : within(
          bracketed(clusterIp),
          'from pods and nodes, without DNS; it is another once the Service is made anew',
        )),
    ...fromOutside(service, ports),
  ];
}

function fromOutside(service: KubeObject, ports: readonly number[]): ServiceAddress[] {
  const balancers = listAt(service, 'status', 'loadBalancer', 'ingress').flatMap((one) => {
    const host = textAt(one, 'hostname') ?? textAt(one, 'ip');
    return host === null ? [] : withPorts(bracketed(host), ports);
  });
  const others = listAt(service, 'spec', 'externalIPs').flatMap((ip) =>
    typeof ip === 'string' ? withPorts(bracketed(ip), ports) : [],
  );
  const nodePorts = listAt(service, 'spec', 'ports').flatMap((port) => numberAt(port, 'nodePort') ?? []);
  return [
    ...balancers.map((text) => ({ text, purpose: 'by its load balancer', reach: 'outside' as const })),
    ...others.map((text) => ({ text, purpose: 'by an external address of it', reach: 'outside' as const })),
    ...nodePorts.map((port) => ({
      text: `:${port}`,
      purpose: 'this port of any node, where nodes can be reached',
      reach: 'outside' as const,
    })),
  ];
}

const withPorts = (host: string, ports: readonly number[]): string[] =>
  ports.length === 0 ? [host] : ports.map((port) => `${host}:${port}`);

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
