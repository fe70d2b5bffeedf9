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

/** An instance, its sidecar and the checks of both. */
export function registerWithSidecar(
  state: ConsulState,
  node: string,
  one: {
    readonly id: string;
    readonly service: string;
    readonly version: string;
    readonly team: string;
    readonly address: string;
    readonly ready: boolean;
    /** Services that its sidecar is told to reach. */
    readonly upstreams: readonly string[];
  },
): void {
  const { id, service, address } = one;
  const Meta = { team: one.team, version: one.version };
  register(state, node, { ID: id, Name: service, Address: address, Port: 8080, Tags: [], Meta });
  const sidecar = { id: `${id}-sidecar-proxy`, name: `${service}-sidecar-proxy` };
  register(state, node, {
    ID: sidecar.id,
    Name: sidecar.name,
    Kind: 'connect-proxy',
    Address: address,
    Port: 21_000,
    Meta,
    Proxy: {
      DestinationServiceName: service,
      DestinationServiceID: id,
      LocalServiceAddress: address,
      LocalServicePort: 8080,
      Config: { envoy_prometheus_bind_addr: `${address}:9102`, protocol: 'http' },
      Upstreams: one.upstreams.map((DestinationName, index) => ({
        DestinationType: 'service',
        DestinationName,
        Datacenter: '',
        LocalBindAddress: '127.0.0.1',
        LocalBindPort: 5_001 + index,
        MeshGateway: {},
      })),
    },
  });
  putCheck(state, node, {
    id: `service:${id}`,
    name: `Service '${service}' check`,
    status: one.ready ? 'passing' : 'critical',
    output: one.ready
      ? `HTTP GET http://${address}:8080/healthz: 200 OK Output: {}`
      : `HTTP GET http://${address}:8080/healthz: 503 Service Unavailable Output: {}`,
    type: 'http',
    service: { id, name: service },
  });
  putCheck(state, node, {
    id: `service:${sidecar.id}:1`,
    name: `Service '${sidecar.name}' check`,
    status: 'passing',
    output: `TCP connect ${address}:21000: Success`,
    type: 'tcp',
    service: sidecar,
  });
}
