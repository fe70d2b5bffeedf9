import { isHttp, listIn, protocolOf } from './entryRules.ts';
import type { ConsulState, Fields } from './state.ts';

/** The trust domain's id, which every name within the mesh ends with. */
const trustDomain = '11111111-2222-3333-4444-555555555555';

/** How Consul compiles the entries of a service into a way for its calls: a router, a splitter, resolvers, targets. */
export function compileChain(state: ConsulState, service: string): Fields {
  const { datacenter } = state;
  const nodes: Record<string, Fields> = {};
  const targets: Record<string, Fields> = {};
  const protocol = protocolOf(state, service);
  const shaped = isHttp(protocol);
  const own = state.entry('service-resolver', service);
  const splitter = shaped ? state.entry('service-splitter', service) : undefined;
  const router = shaped ? state.entry('service-router', service) : undefined;

  const resolve = (name: string, asked: string): string => {
    const content = state.entry('service-resolver', name)?.content;
    const redirected = textOf((content?.['Redirect'] as Fields | undefined)?.['Service']);
    if (redirected !== '' && redirected !== name) return resolve(redirected, asked);
    const subset = asked === '' ? textOf(content?.['DefaultSubset']) : asked;
    const target = `${subset === '' ? '' : `${subset}.`}${name}.default.default.${datacenter}`;
    const sni = `${subset === '' ? '' : `${subset}.`}${name}.default.${datacenter}.internal.${trustDomain}.consul`;
    nodes[`resolver:${target}`] = {
      Type: 'resolver',
      Name: target,
      Resolver: {
        ConnectTimeout: '5s',
        ...(content === undefined ? { Default: true } : {}),
        Target: target,
      },
    };
    targets[target] = {
      ConnectTimeout: '5s',
      ID: target,
      Service: name,
      ...(subset === '' ? {} : { ServiceSubset: subset }),
      Namespace: 'default',
      Partition: 'default',
      Datacenter: datacenter,
      MeshGateway: {},
      Subset: subset === '' ? {} : ((content?.['Subsets'] as Fields | undefined)?.[subset] ?? {}),
      TransparentProxy: {},
      SNI: sni,
      Name: sni,
    };
    return `resolver:${target}`;
  };

  const split = (name: string): string => {
    const entry = state.entry('service-splitter', name);
    if (entry === undefined) return resolve(name, '');
    const id = `${name}.default.default`;
    nodes[`splitter:${id}`] = {
      Type: 'splitter',
      Name: id,
      Splits: listIn(entry.content, 'Splits').map((one) => ({
        Definition: one,
        Weight: Number(one['Weight'] ?? 0),
        NextNode: resolve(textOf(one['Service']) || name, textOf(one['ServiceSubset'])),
      })),
    };
    return `splitter:${id}`;
  };

  const route = (): string => {
    const routes = listIn(router?.content, 'Routes').map((one) => {
      const to = (one['Destination'] ?? {}) as Fields;
      const name = textOf(to['Service']) || service;
      const subset = textOf(to['ServiceSubset']);
      return { Definition: one, NextNode: subset === '' ? split(name) : resolve(name, subset) };
    });
    const rest = {
      Match: { HTTP: { PathPrefix: '/' } },
      Destination: { Service: service, Namespace: 'default', Partition: 'default' },
    };
    const id = `${service}.default.default`;
    nodes[`router:${id}`] = {
      Type: 'router',
      Name: id,
      Routes: [...routes, { Definition: rest, NextNode: split(service) }],
    };
    return `router:${id}`;
  };

  const start =
    router !== undefined ? route() : splitter !== undefined ? split(service) : resolve(service, '');
  const addresses = virtualAddresses(state, service);
  return {
    Chain: {
      ServiceName: service,
      Namespace: 'default',
      Partition: 'default',
      Datacenter: datacenter,
      ...(own === undefined && splitter === undefined && router === undefined ? { Default: true } : {}),
      Protocol: protocol,
      StartNode: start,
      Nodes: nodes,
      Targets: targets,
      AutoVirtualIPs: addresses,
      ManualVirtualIPs: addresses === null ? null : [],
    },
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Consul deals out one for each service with a sidecar. */
function virtualAddresses(state: ConsulState, service: string): string[] | null {
  for (const { body } of state.services()) {
    if ((body['Proxy'] as Fields | undefined)?.['DestinationServiceName'] !== service) continue;
    const tagged = (body['TaggedAddresses'] as Fields | undefined)?.['consul-virtual'] as Fields | undefined;
    if (typeof tagged?.['Address'] === 'string') return [tagged['Address']];
  }
  return null;
}
