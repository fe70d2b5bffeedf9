import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EnvoysUnderTest } from './envoyTrips.ts';

/** What stands in for one Envoy: its admin endpoint, as far as Podium asks it, with the answers of a real one. */
export interface SimulatedEnvoy extends AsyncDisposable {
  readonly address: string;
  /** Without it the runtime takes nothing, as with Consul's own bootstrap. */
  hasAdminLayer: boolean;
  /** Takes what it is told, and goes on as before. */
  isDeaf: boolean;
  /** Whether it refuses every call to a cluster now. */
  refuses(cluster: string): boolean;
  /** A new process: what was in memory is gone. */
  restart(): void;
}

export const paymentClusters = ['v1', 'v2', ''].map(
  (subset) => `outbound|8080|${subset}|payment.shop.svc.cluster.local`,
);

export async function simulateEnvoy(app: string): Promise<SimulatedEnvoy> {
  const values = new Map<string, string>();
  let startedAt = Date.now() - 100_000;
  const limitOf = (cluster: string): number => {
    const set = Number(values.get(`circuit_breakers.${cluster}.default.max_requests`) ?? NaN);
    return Number.isInteger(set) ? set : 4_294_967_295;
  };
  const self = {
    hasAdminLayer: true,
    isDeaf: false,
    refuses: (cluster: string) => limitOf(cluster) === 0,
    restart() {
      values.clear();
      startedAt = Date.now() - 10_000;
    },
  };
  const answers: Readonly<Record<string, () => unknown>> = {
    '/server_info': () => ({
      version: '0123/1.40.0/Clean/RELEASE/BoringSSL',
      state: 'LIVE',
      uptime_current_epoch: `${Math.floor((Date.now() - startedAt) / 1_000)}s`,
      node: { id: `sidecar~10.0.0.1~${app}-7c.shop~shop.svc.cluster.local`, cluster: `${app}.shop` },
    }),
    '/runtime': () => ({
      layers: self.hasAdminLayer ? ['admin'] : ['base'],
      entries: Object.fromEntries(
        [...values].map(([key, value]) => [key, { layer_values: [value], final_value: value }]),
      ),
    }),
    '/clusters': () => ({
      cluster_statuses: paymentClusters.map((name) => ({
        name,
        circuit_breakers: { thresholds: [{ max_requests: limitOf(name) }] },
      })),
    }),
    '/config_dump': () => ({
      configs: [
        {
          route_config: {
            virtual_hosts: [
              {
                name: 'payment.shop.svc.cluster.local:8080',
                routes: [
                  {
                    match: { prefix: '/' },
                    route: {
                      weighted_clusters: {
                        clusters: paymentClusters.slice(0, 2).map((name) => ({ name, weight: 50 })),
                      },
                    },
                  },
                ],
              },
            ],
          },
        },
      ],
    }),
  };

  /** As Envoy takes forms and queries: a plus is a plus, an empty value takes the key away, unknown keys are kept. */
  function modify(pairs: string): { status: number; text: string } {
    if (pairs === '')
      return {
        status: 400,
        text: [
          'usage: /runtime_modify?key1=value1&key2=value2&keyN=valueN',
          '       or send the parameters as form values',
          'use an empty value to remove a previously added override',
        ].join('\n'),
      };
    if (!self.hasAdminLayer) return { status: 503, text: 'No admin layer specified' };
    if (self.isDeaf) return { status: 200, text: 'OK\n' };
    for (const pair of pairs.split('&')) {
      const [key = '', value = ''] = pair.split('=').map(decodeURIComponent);
      if (value === '') values.delete(key);
      else values.set(key, value);
    }
    return { status: 200, text: 'OK\n' };
  }

  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const plain = { 'content-type': 'text/plain; charset=UTF-8' };
      if (path === '/runtime_modify') {
        if (request.method !== 'POST')
          return response.writeHead(405, plain).end('Method GET not allowed, POST required.');
        const { status, text } = modify(query === '' ? Buffer.concat(chunks).toString('utf8') : query);
        return response.writeHead(status, plain).end(text);
      }
      const answer = answers[path];
      if (answer === undefined) return response.writeHead(404, plain).end('invalid path. ');
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(self, {
    address: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

export interface SimulatedEnvoys extends EnvoysUnderTest {
  readonly order: SimulatedEnvoy;
  readonly edge: SimulatedEnvoy;
}

export async function simulatedEnvoys(): Promise<SimulatedEnvoys> {
  const order = await simulateEnvoy('order');
  const edge = await simulateEnvoy('edge');
  return {
    order,
    edge,
    addresses: { order: order.address, edge: edge.address },
    call: {
      calleeId: 'conformance/shop/payment',
      host: 'payment.shop.svc.cluster.local',
      caller: { id: 'conformance/shop/order', namespace: 'shop', name: 'order' },
    },
    answersTo(caller) {
      const proxy = caller === 'order' ? order : edge;
      const refused = paymentClusters.slice(0, 2).filter((name) => proxy.refuses(name)).length;
      return Promise.resolve({ refused, served: 2 - refused });
    },
    async [Symbol.asyncDispose]() {
      await order[Symbol.asyncDispose]();
      await edge[Symbol.asyncDispose]();
    },
  };
}
