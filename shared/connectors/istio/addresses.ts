import type { ServiceAddress } from '../../model/serviceAddress.ts';
import type { AddressSource } from '../kit/connector.ts';
import { at, type KubeObject, listAt, namespaceOf, numberAt, textAt } from '../kube/objects.ts';
import { qualify } from './hosts.ts';
import { sayMatch } from './matchText.ts';
import type { Mesh } from './mesh.ts';
import { routesOf } from './routes.ts';

/** Hosts of gateways and of the mesh whose routes lead to a service, and what ServiceEntries call outside. */
export function createAddressSource(mesh: Mesh): AddressSource {
  return {
    read(service) {
      const leading = [...mesh.virtualServices.all()].flatMap((document) =>
        routesOf(document)
          .filter(({ destinations }) => destinations.some(({ host }) => service.hosts.includes(host)))
          .flatMap(({ raw }) => byRoute(document, raw, service.hosts, mesh)),
      );
      return Promise.resolve([...unique(leading), ...entriesFor(mesh, service.hosts)]);
    },
  };
}

function byRoute(document: KubeObject, route: unknown, own: readonly string[], mesh: Mesh): ServiceAddress[] {
  const namespace = namespaceOf(document);
  const hosts = textsIn(listAt(document, 'spec', 'hosts'));
  const named = textsIn(listAt(document, 'spec', 'gateways'));
  const gateways = named.length === 0 ? ['mesh'] : named;
  const path = pathOf(route);
  const through = `${sayMatch(listAt(route, 'match'))}, by VirtualService ${namespace}/${document.metadata.name}`;
  return gateways.flatMap((gateway): ServiceAddress[] => {
    if (gateway === 'mesh')
      return hosts
        .map((host) => qualify(host, namespace))
        .filter((host) => !own.includes(host) && host !== '*')
        .map((host) => ({
          text: `${host}${path}`,
          purpose: `from proxies of the mesh: ${through}`,
          reach: 'mesh',
        }));
    const full = gateway.includes('/') ? gateway : `${namespace}/${gateway}`;
    return hosts.flatMap((host) =>
      schemesOf(full, mesh).map(({ scheme, port }) => ({
        text: host === '*' ? path || '/' : `${scheme}://${host}${port}${path}`,
        purpose: `through gateway ${full}${host === '*' ? ', by whatever host leads to it' : ''}: ${through}`,
        reach: 'outside',
      })),
    );
  });
}

/** The path that a route asks for, as far as one fits all that it takes; regular expressions are none. */
function pathOf(route: unknown): string {
  const paths = listAt(route, 'match').map(
    (match) => textAt(match, 'uri', 'prefix') ?? textAt(match, 'uri', 'exact'),
  );
  return paths.length === 1 ? (paths[0] ?? '') : '';
}

/** How the gateway's servers are spoken to, once each; by http where its document cannot be found. */
function schemesOf(gateway: string, mesh: Mesh): { readonly scheme: string; readonly port: string }[] {
  const [namespace = '', name = ''] = gateway.split('/');
  const found = mesh.gateways.get(namespace, name);
  const servers = found === undefined ? [] : listAt(found, 'spec', 'servers');
  const spoken = servers.flatMap((server) => {
    const number = numberAt(server, 'port', 'number');
    const isSecure = at(server, 'tls') !== undefined;
    const usual = isSecure ? 443 : 80;
    return number === null
      ? []
      : [{ scheme: isSecure ? 'https' : 'http', port: number === usual ? '' : `:${number}` }];
  });
  return spoken.length === 0 ? [{ scheme: 'http', port: '' }] : spoken;
}

function entriesFor(mesh: Mesh, hosts: readonly string[]): ServiceAddress[] {
  return [...mesh.serviceEntries.all()].flatMap((entry) => {
    const own = textsIn(listAt(entry, 'spec', 'hosts')).filter((host) => hosts.includes(host.toLowerCase()));
    const ports = listAt(entry, 'spec', 'ports').flatMap((port) => numberAt(port, 'number') ?? []);
    return own.flatMap((host) =>
      (ports.length === 0 ? [''] : ports.map((port) => `:${port}`)).map((port): ServiceAddress => ({
        text: `${host}${port}`,
        purpose: `from proxies of the mesh, to what lies outside: ServiceEntry ${namespaceOf(entry)}/${entry.metadata.name}`,
        reach: 'mesh',
      })),
    );
  });
}

const textsIn = (list: readonly unknown[]): string[] => list.filter((one) => typeof one === 'string');

const unique = (all: readonly ServiceAddress[]): ServiceAddress[] => [
  ...new Map(all.map((one) => [`${one.text} ${one.purpose}`, one])).values(),
];
