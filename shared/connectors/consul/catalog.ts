import { z } from 'zod';

const texts = z.record(z.string(), z.string()).nullish();
const service = z.object({
  ID: z.string(),
  Service: z.string(),
  Kind: z.string().default(''),
  Namespace: z.string().default('default'),
  Tags: z.array(z.string()).nullish(),
  Meta: texts,
  Address: z.string().default(''),
  Port: z.number().default(0),
  Proxy: z
    .object({
      DestinationServiceName: z.string().default(''),
      DestinationServiceID: z.string().default(''),
      Upstreams: z.array(z.unknown()).nullish(),
    })
    .nullish(),
});
const upstream = z.object({
  // "prepared_query" names no service.
  DestinationType: z.enum(['service', '']).default('service'),
  DestinationName: z.string(),
  DestinationNamespace: z.string().nullish(),
  /** Another data centre's services are not on this map. */
  Datacenter: z.string().nullish(),
  DestinationPeer: z.string().nullish(),
});
const check = z.object({
  CheckID: z.string(),
  Name: z.string().default(''),
  Status: z.string(),
  Output: z.string().default(''),
  Notes: z.string().default(''),
  ServiceID: z.string().default(''),
});
const node = z.object({
  Node: z.string(),
  Address: z.string().default(''),
  Services: z.array(z.unknown()).nullish(),
  Checks: z.array(z.unknown()).nullish(),
});

/** One check of an instance or its node. */
export interface Check {
  readonly id: string;
  readonly name: string;
  /** "passing", "warning", "critical", "maintenance". */
  readonly status: string;
  readonly output: string;
}

/** One registered copy of a service. */
export interface Registered {
  readonly node: string;
  /** "10.1.2.3:8080", the node's where it has none of its own; null where neither is told. */
  readonly address: string | null;
  readonly id: string;
  readonly service: string;
  readonly namespace: string;
  /** Empty for an ordinary service; "connect-proxy", "mesh-gateway", … */
  readonly kind: string;
  readonly tags: readonly string[];
  readonly meta: ReadonlyMap<string, string>;
  /** Of itself and its node. */
  readonly checks: readonly Check[];
  /** For a sidecar: whose calls it carries. */
  readonly proxyOf: {
    readonly service: string;
    readonly id: string;
    readonly upstreams: readonly Upstream[];
  } | null;
}

/** A service that a sidecar is told to reach, in its own data centre or another. */
export interface Upstream {
  readonly namespace: string;
  readonly name: string;
  /** Null for its own. */
  readonly datacenter: string | null;
}

/** Reads the nodes with their services; what is misshapen is left out and counted. */
export function readNodes(body: unknown): { readonly all: readonly Registered[]; readonly unread: number } {
  const all: Registered[] = [];
  let unread = 0;
  for (const value of Array.isArray(body) ? body : []) {
    const read = node.safeParse(value);
    if (!read.success) {
      unread += 1;
      continue;
    }
    const checks = (read.data.Checks ?? []).flatMap((one) => {
      const found = check.safeParse(one);
      return found.success ? [found.data] : [];
    });
    for (const one of read.data.Services ?? []) {
      const found = service.safeParse(one);
      if (!found.success) {
        unread += 1;
        continue;
      }
      all.push(registeredOf(read.data, found.data, checks));
    }
  }
  return { all, unread };
}

function registeredOf(
  on: z.infer<typeof node>,
  said: z.infer<typeof service>,
  checks: readonly z.infer<typeof check>[],
): Registered {
  return {
    node: on.Node,
    address: addressOf(said.Address || on.Address, said.Port),
    id: said.ID,
    service: said.Service,
    namespace: said.Namespace,
    kind: said.Kind,
    tags: said.Tags ?? [],
    meta: new Map(Object.entries(said.Meta ?? {})),
    // Checks of the node itself name no service, and hold for all on it.
    checks: checks
      .filter(({ ServiceID }) => ServiceID === said.ID || ServiceID === '')
      .map((one) => ({
        id: one.CheckID,
        name: one.Name || one.CheckID,
        status: one.Status,
        output: one.Output === '' ? one.Notes : one.Output,
      })),
    proxyOf:
      said.Kind === 'connect-proxy'
        ? {
            service: said.Proxy?.DestinationServiceName ?? '',
            id: said.Proxy?.DestinationServiceID ?? '',
            upstreams: upstreamsOf(said.Proxy?.Upstreams ?? [], said.Namespace),
          }
        : null,
  };
}

function addressOf(host: string, port: number): string | null {
  if (host === '') return null;
  const named = host.includes(':') ? `[${host}]` : host;
  return port === 0 ? named : `${named}:${port}`;
}

function upstreamsOf(values: readonly unknown[], namespace: string): Upstream[] {
  return values.flatMap((value) => {
    const read = upstream.safeParse(value);
    if (!read.success || read.data.DestinationPeer) return [];
    const { DestinationName, DestinationNamespace, Datacenter } = read.data;
    return [
      {
        namespace: DestinationNamespace || namespace,
        name: DestinationName,
        datacenter: Datacenter || null,
      },
    ];
  });
}
