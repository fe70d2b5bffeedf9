import { durationMs } from './durations.ts';
import { isHttp, listIn, protocolOf } from './entryRules.ts';
import type { ConsulState, Fields } from './state.ts';

/** The trust domain's id, which every name within the mesh ends with. */
const trustDomain = '11111111-2222-3333-4444-555555555555';

/** A step on the way of a call. */
export type ChainNode = RouterNode | SplitterNode | ResolverNode;

export interface RouterNode {
  readonly Type: 'router';
  readonly Name: string;
  readonly Routes: readonly { readonly Definition: Fields; readonly NextNode: string }[];
}

export interface SplitterNode {
  readonly Type: 'splitter';
  readonly Name: string;
  readonly Splits: readonly {
    readonly Definition: Fields;
    readonly Weight: number;
    readonly NextNode: string;
  }[];
}

export interface ResolverNode {
  readonly Type: 'resolver';
  readonly Name: string;
  readonly Resolver: {
    readonly Default?: true;
    readonly ConnectTimeout: string;
    /** Nanoseconds. */
    readonly RequestTimeout?: number;
    readonly Target: string;
    readonly Failover?: { readonly Targets: readonly string[] };
  };
}

/** Where a call can end. */
export interface ChainTarget {
  readonly ID: string;
  readonly Service: string;
  readonly ServiceSubset?: string;
  readonly [field: string]: unknown;
}

/** A compiled discovery chain, as the API shows it. */
export interface Chain {
  readonly Chain: {
    readonly Protocol: string;
    readonly StartNode: string;
    readonly Nodes: Readonly<Record<string, ChainNode>>;
    readonly Targets: Readonly<Record<string, ChainTarget>>;
    readonly [field: string]: unknown;
  };
}

/** Redirects and splits that lead in a circle end here. */
const deepest = 20;

/** How Consul compiles the entries of a service into a way for its calls: a router, a splitter, resolvers, targets. */
export function compileChain(state: ConsulState, service: string): Chain {
  const { datacenter } = state;
  const nodes: Record<string, ChainNode> = {};
  const targets: Record<string, ChainTarget> = {};
  const protocol = protocolOf(state, service);
  const shaped = isHttp(protocol);
  const own = state.entry('service-resolver', service);
  const splitterOf = (name: string) => (shaped ? state.entry('service-splitter', name) : undefined);
  const router = shaped ? state.entry('service-router', service) : undefined;

  /** The target that a name and subset lead to, after redirects. */
  const targetOf = (name: string, asked: string, depth = 0): { id: string; content: Fields | undefined } => {
    const content = state.entry('service-resolver', name)?.content;
    const redirect = (content?.['Redirect'] ?? {}) as Fields;
    const other = textOf(redirect['Service']) || name;
    const part = textOf(redirect['ServiceSubset']) || (other === name ? asked : '');
    if ((other !== name || part !== asked) && depth < deepest) return targetOf(other, part, depth + 1);
    const subset = asked === '' ? textOf(content?.['DefaultSubset']) : asked;
    const prefix = subset === '' ? '' : `${subset}.`;
    const id = `${prefix}${name}.default.default.${datacenter}`;
    const sni = `${prefix}${name}.default.${datacenter}.internal.${trustDomain}.consul`;
    targets[id] = {
      ConnectTimeout: textOf(content?.['ConnectTimeout']) || '5s',
      ID: id,
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
    return { id, content };
  };

  const resolve = (name: string, asked: string): string => {
    const { id, content } = targetOf(name, asked);
    const { Service = name, ServiceSubset = '' } = targets[id] ?? {};
    const failover = failoverOf(content, ServiceSubset)
      .map((one) => targetOf(textOf(one['Service']) || Service, textOf(one['ServiceSubset'])).id)
      .filter((other) => other !== id);
    const requestMs = durationMs(content?.['RequestTimeout']);
    nodes[`resolver:${id}`] = {
      Type: 'resolver',
      Name: id,
      Resolver: {
        ...(content === undefined ? { Default: true } : {}),
        ConnectTimeout: textOf(content?.['ConnectTimeout']) || '5s',
        ...(requestMs === null || requestMs === 0 ? {} : { RequestTimeout: requestMs * 1e6 }),
        Target: id,
        ...(failover.length === 0 ? {} : { Failover: { Targets: failover } }),
      },
    };
    return `resolver:${id}`;
  };

  /** The lines of a splitter; where one leads to another splitter, that one's lines instead. */
  const linesOf = (name: string, content: Fields, depth = 0): SplitterNode['Splits'] =>
    listIn(content, 'Splits').flatMap((one) => {
      const to = textOf(one['Service']) || name;
      const subset = textOf(one['ServiceSubset']);
      const weight = Number(one['Weight'] ?? 0);
      const next = subset === '' && to !== name && depth < deepest ? splitterOf(to) : undefined;
      if (next === undefined) return [{ Definition: one, Weight: weight, NextNode: resolve(to, subset) }];
      return linesOf(to, next.content, depth + 1).map((line) => ({
        ...line,
        Weight: (line.Weight * weight) / 100,
      }));
    });

  const split = (name: string): string => {
    const entry = splitterOf(name);
    if (entry === undefined) return resolve(name, '');
    const id = `${name}.default.default`;
    nodes[`splitter:${id}`] = { Type: 'splitter', Name: id, Splits: linesOf(name, entry.content) };
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

  const start = router !== undefined ? route() : split(service);
  const plain = own === undefined && splitterOf(service) === undefined && router === undefined;
  const addresses = virtualAddresses(state, service);
  return {
    Chain: {
      ServiceName: service,
      Namespace: 'default',
      Partition: 'default',
      Datacenter: datacenter,
      ...(plain ? { Default: true } : {}),
      Protocol: protocol,
      StartNode: start,
      Nodes: nodes,
      Targets: targets,
      AutoVirtualIPs: addresses,
      ManualVirtualIPs: addresses === null ? null : [],
    },
  };
}

/** Whom a resolver names for a subset when none of its instances is healthy: in one line, or as a list. */
function failoverOf(content: Fields | undefined, subset: string): readonly Fields[] {
  const all = (content?.['Failover'] ?? {}) as Fields;
  const one = (all[subset] ?? all['*']) as Fields | undefined;
  if (one === undefined) return [];
  const listed = listIn(one, 'Targets');
  // Another data centre or a peer is none of this one's.
  const here = listed.filter(({ Datacenter, Peer }) => textOf(Datacenter) === '' && textOf(Peer) === '');
  return listed.length > 0 ? here : listIn(one, 'Datacenters').length > 0 ? [] : [one];
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
