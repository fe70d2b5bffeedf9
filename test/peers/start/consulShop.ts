/** One running copy of a service of Consul's shop, on an address of its own as on a machine of its own. */
export interface ShopInstance {
  /** Consul's id of the registration. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly address: string;
  /** Services it calls, and the port at which its own sidecar takes those calls. */
  readonly upstreams: Readonly<Record<string, number>>;
}

/** Made-up addresses beside the pods'; inside the namespace all of them are this machine. */
export const instanceRange = '10.201.0.0/16';

/** The same on every address. */
export const shopPorts = { service: 8_080, sidecar: 21_000, admin: 19_000, metrics: 9_102 } as const;

const calls = { order: 5_001, payment: 5_002 } as const;

const instance = (
  id: string,
  address: string,
  upstreams: ShopInstance['upstreams'] = {},
  [name = '', version = ''] = id.split('-'),
): ShopInstance => ({ id, name, version, address, upstreams });

/** `edge` calls order, and payment directly too; `order` calls payment, which runs in two versions. */
export const shopInstances: readonly ShopInstance[] = [
  instance('edge-v1-1', '10.201.1.1', calls),
  instance('order-v1-1', '10.201.2.1', { payment: calls.payment }),
  instance('payment-v1-1', '10.201.3.1'),
  instance('payment-v1-2', '10.201.3.2'),
  instance('payment-v2-1', '10.201.3.3'),
  instance('cashdesk-v1-1', '10.201.4.1'),
];

const services = [...new Set(shopInstances.map(({ name }) => name))];

export const paymentSplitter = {
  Kind: 'service-splitter',
  Name: 'payment',
  Meta: { team: 'money' },
  Splits: [
    { Weight: 70, ServiceSubset: 'v1' },
    { Weight: 30, ServiceSubset: 'v2' },
  ],
} as const;

/** What governs the shop's calls, in an order that Consul accepts. */
export const shopEntries: readonly object[] = [
  { Kind: 'proxy-defaults', Name: 'global', Config: { protocol: 'http' } },
  ...services.map((name) => ({ Kind: 'service-defaults', Name: name, Protocol: 'http' })),
  {
    Kind: 'service-resolver',
    Name: 'payment',
    DefaultSubset: 'v1',
    Subsets: {
      v1: { Filter: 'Service.Meta.version == v1' },
      v2: { Filter: 'Service.Meta.version == v2' },
    },
  },
  paymentSplitter,
  ...[
    ['order', ['edge']],
    ['payment', ['edge', 'order']],
    ['cashdesk', ['edge', 'order']],
  ].map(([name, callers]) => ({
    Kind: 'service-intentions',
    Name: name,
    Sources: (callers as readonly string[]).map((caller) => ({ Name: caller, Action: 'allow' })),
  })),
];

/** Who asks: each a token of the agent's, made up for this tier and good nowhere else. */
export const consulTokens = {
  /** May do everything. */
  admin: '11111111-1111-4111-8111-111111111111',
  /** Reads everything, writes services' entries and keys below `shop/`. */
  operator: '22222222-2222-4222-8222-222222222222',
  /** Reads everything. */
  viewer: '33333333-3333-4333-8333-333333333333',
  /** Sees order and payment only, and writes nothing. */
  narrow: '44444444-4444-4444-8444-444444444444',
  /** Known to nobody. */
  stranger: '55555555-5555-4555-8555-555555555555',
} as const;
export type ConsulUser = keyof typeof consulTokens;

const reads = `node_prefix "" { policy = "read" } agent_prefix "" { policy = "read" } key_prefix "" { policy = "read" }
  operator = "read" mesh = "read"`;

/** Consul's rules for each token that is not the admin's. */
export const consulRules: Readonly<Record<'operator' | 'viewer' | 'narrow', string>> = {
  operator: `${reads} service_prefix "" { policy = "write" intentions = "write" } key_prefix "shop/" { policy = "write" }`,
  viewer: `${reads} service_prefix "" { policy = "read" intentions = "read" }`,
  narrow: `node_prefix "" { policy = "read" } service "order" { policy = "read" } service "payment" { policy = "read" }`,
};
