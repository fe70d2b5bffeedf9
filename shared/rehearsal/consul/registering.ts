import type { ConsulState, Fields } from './state.ts';

/** What a caller registers on an agent. */
export interface Registration {
  readonly ID?: string;
  readonly Name: string;
  readonly Kind?: string;
  readonly Address?: string;
  readonly Port?: number;
  readonly Tags?: readonly string[];
  readonly Meta?: Fields;
  readonly Proxy?: Fields;
}

/** Registers a service on a node as its agent does, with what the agent fills in. */
export function register(state: ConsulState, node: string, given: Registration): void {
  const {
    ID = given.Name,
    Name,
    Kind = '',
    Address = '',
    Port = 0,
    Tags = [],
    Meta = {},
    Proxy = {},
  } = given;
  const place = { Address, Port };
  state.putService(node, {
    ...(Kind === '' ? {} : { Kind }),
    ID,
    Service: Name,
    Tags,
    Address,
    ...(Address === '' ? {} : { TaggedAddresses: { lan_ipv4: place, wan_ipv4: place } }),
    Meta,
    Port,
    Weights: { Passing: 1, Warning: 1 },
    EnableTagOverride: false,
    Proxy: { ...Proxy, Mode: '', MeshGateway: {}, Expose: {} },
    Connect: {},
    PeerName: '',
  });
}

/** A check of a service, or of a node where it names none. */
export function putCheck(
  state: ConsulState,
  node: string,
  check: {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly output: string;
    readonly type: string;
    readonly service?: { readonly id: string; readonly name: string };
  },
): void {
  state.putCheck(node, {
    Node: node,
    CheckID: check.id,
    Name: check.name,
    Status: check.status,
    Notes: '',
    Output: check.output,
    ServiceID: check.service?.id ?? '',
    ServiceName: check.service?.name ?? '',
    ServiceTags: null,
    Type: check.type,
    Interval: check.type === '' ? '' : '2s',
    Timeout: '',
    ExposedPort: 0,
    Definition: {},
  });
}
