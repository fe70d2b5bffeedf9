import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseCallId } from '../../shared/analysis/entityIds.ts';
import { createOriginTransport } from '../../shared/connectors/http/originTransport.ts';
import { prometheus } from '../../shared/connectors/prometheus/connector.ts';
import type { TopologyObservation } from '../../shared/model/topology.ts';
import { hostOf } from '../conformance/cluster.ts';
import { foldOf } from '../conformance/dialects.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { findPeers } from './install.ts';
import { addScrapeTarget, clientFor, queryPrometheus } from './measure.ts';
import { applyCrds } from './start/kubernetes.ts';
import { waitFor } from './start/processes.ts';
import { startTraefik } from './start/traefik.ts';
import { noteStarted } from './started.ts';

const peers = readCoordinates();
const admin = clientFor(peers, 'admin');
const namespace = 'shop';
const port = 18_480;

/** Names that can be read in several ways: a Service, a port of it, and a Service called as both together. */
const joined = 'refunds';
const both = 'refunds-http';
const services = [joined, both, 'ledger', 'logistics', 'inventory'];

const backend = (name: string, at: object) => ({ service: { name, port: at } });
const path = (prefix: string, to: object) => ({ path: prefix, pathType: 'Prefix', backend: to });
const route = (prefix: string, to: readonly object[]) => ({
  kind: 'Rule',
  match: `PathPrefix(\`${prefix}\`)`,
  services: to,
});

/** Ways in; of the Gateway API it asks for kinds that this cluster does not serve. */
const objects: readonly (readonly [string, { readonly metadata: { readonly name: string } }])[] = [
  [
    `/api/v1/namespaces/${namespace}/services`,
    {
      metadata: { name: both },
      ...{ spec: { selector: { app: joined }, ports: [{ name: 'web', port: 80, targetPort: 8080 }] } },
    },
  ],
  [
    `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
    {
      metadata: { name: 'by-ingress' },
      ...{
        spec: {
          rules: [
            {
              http: {
                paths: [
                  path('/refunds', backend(joined, { name: 'http' })),
                  path('/both', backend(both, { number: 80 })),
                ],
              },
            },
          ],
        },
      },
    },
  ],
  [
    `/apis/traefik.io/v1alpha1/namespaces/${namespace}/ingressroutes`,
    {
      metadata: { name: 'by-route' },
      ...{
        apiVersion: 'traefik.io/v1alpha1',
        kind: 'IngressRoute',
        spec: {
          entryPoints: ['web'],
          routes: [
            route('/several', [
              { name: 'ledger', port: 8080, weight: 3 },
              { name: 'logistics', port: 8080, weight: 1 },
            ]),
            route('/single', [{ name: 'inventory', port: 8080 }]),
          ],
        },
      },
    },
  ],
];

const shop: TopologyObservation = {
  observedAt: 0,
  services: services.map((name) => ({
    namespace,
    name,
    kind: 'service',
    hosts: [`${name}.${namespace}.svc.cluster.local`],
    owner: null,
    createdAt: null,
  })),
  workloads: [],
  instances: [],
  problems: [],
};

test('what a real Traefik counts leads to the services behind its Ingresses and routes', async () => {
  const { traefik } = findPeers();
  if (traefik.kind === 'absent') throw new Error(`${traefik.name} is absent because ${traefik.because}`);
  await applyCrds(admin, join(traefik.dir, 'crds.yaml'));
  await using stack = new AsyncDisposableStack();
  for (const [at, body] of objects) {
    const answer = await admin.call(at, { method: 'POST', body });
    if (answer.status !== 201) throw new Error(`${at}: ${answer.status} ${JSON.stringify(answer.body)}`);
    stack.defer(async () => void (await admin.call(`${at}/${body.metadata.name}`, { method: 'DELETE' })));
  }
  const { kubeconfigFile } = peers.kubernetes;
  const peer = stack.use(
    await startTraefik({ dir: traefik.dir, runDir: peers.runDir, kubeconfigFile, namespace, port }),
  );
  noteStarted(peers.runDir, traefik.name);

  const ways = ['/refunds', '/both', '/several', '/single'];
  const ask = async (way: string): Promise<number> => {
    const answer = await fetch(peer.url + way, { signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    return answer.status;
  };
  // Also a counter's first sample, which is no increase. The weighted route takes turns, so each of its services is asked.
  for (const way of ways) {
    await waitFor(`a way by ${way}`, { limitMs: 30_000 }, async () => (await ask(way)) === 200);
    for (let i = 0; i < 3; i += 1) expect(await ask(way)).toBe(200);
  }
  const labels = { namespace, pod: 'traefik-0', app: 'traefik' };
  await addScrapeTarget(peers, { job: 'traefik', url: peer.metricsUrl, labels });
  const total = 'sum(traefik_service_requests_total{code="200"})';
  const counted = async () => (await queryPrometheus(peers, total))[0]?.value ?? 0;
  await waitFor('its first samples', { limitMs: 30_000 }, async () => (await counted()) >= 4 * ways.length);
  const before = await counted();
  const times = 40;
  for (let i = 0; i < times; i += 1)
    expect(await Promise.all(ways.map(ask)), 'each is counted').toEqual(ways.map(() => 200));
  await waitFor(
    'all its requests',
    { limitMs: 30_000 },
    async () => (await counted()) === before + times * ways.length,
  );

  const host = hostOf();
  const transport = await createOriginTransport({ address: peers.prometheus?.url ?? '', headers: [] }, host);
  stack.defer(() => transport.close());
  const session = stack.use(await prometheus.open({}, { ...host, lent: { transport } }));
  // Long enough for what comes between the requests and the last chart, on a slow machine too.
  const lastSeconds = 300;
  const read = await session.signals?.read(lastSeconds, AbortSignal.timeout(20_000));
  const own = [read, ...(read?.beside ?? [])].find((one) => one?.source.endsWith(' · Traefik metrics'));
  const folded = foldOf(own === undefined ? [] : [own], [shop]);
  const rates = new Map(
    [...folded.callSignals].map(([id, call]) => {
      const ends = parseCallId(id);
      expect(ends?.callerId).toBe('c/shop/traefik');
      return [ends?.calleeId.split('/').at(-1), call.requestsPerSecond ?? 0] as const;
    }),
  );
  // The one service of an IngressRoute is not told.
  const told = [both, joined, 'ledger', 'logistics'].sort();
  expect([...rates.keys()].sort()).toEqual(told);
  // A rate is drawn out beyond its first and last sample; all are by the same part.
  const each = rates.get(joined) ?? NaN;
  expect(each * lastSeconds).toBeGreaterThan(times * 0.6);
  expect(each * lastSeconds).toBeLessThan(times * 2);
  for (const [name, share] of [
    [both, 1],
    ['ledger', 0.75],
    ['logistics', 0.25],
  ] as const)
    // Prometheus draws each series out by itself, the less the smaller its first sample is.
    expect(Math.abs((rates.get(name) ?? NaN) / each - share), name).toBeLessThan(0.12);

  const all = foldOf(read === undefined ? [] : [read, ...(read.beside ?? [])], [shop]);
  for (const name of [joined, both]) {
    // Envoys know these services too, but have nothing to count.
    const countedBy = all.serviceSignals.get(`c/${namespace}/${name}`)?.countedBy ?? '';
    expect(countedBy, name).toMatch(/ · Traefik metrics$/);
    const scope = {
      hosts: [`${name}.${namespace}.svc.cluster.local`],
      service: { namespace, name },
      countedBy,
      isService: (one: { readonly name: string }) => services.includes(one.name),
    };
    // A chart's last step may lie before the scrape that the figures came with, where Envoys' zeros are all there is.
    const { chart, last } = await waitFor(`a chart of ${name}`, { limitMs: 20_000 }, async () => {
      const to = Math.floor(Date.now() / 2_000) * 2_000;
      const range = { from: to - 4_000, to, stepSeconds: 2, windowSeconds: lastSeconds, latency: true };
      const drawn = await session.signals?.series({ scope, ...range }, AbortSignal.timeout(20_000));
      const value = drawn?.lines[0]?.requestsPerSecond.at(-1) ?? null;
      if (value === null || drawn?.source !== countedBy || value * lastSeconds <= times * 0.6) return null;
      return { chart: drawn, last: value };
    });
    // No other service's requests are among them.
    expect(last * lastSeconds, name).toBeLessThan(times * 2);
    expect(
      chart?.lines[0]?.p50Ms.some((value) => value !== null),
      name,
    ).toBe(true);
  }
  noteFigure(
    peers,
    'traefik',
    `of ${times * ways.length} requests through an Ingress and an IngressRoute, Podium shows ${rates.size} services with their shares; the ${times} of an IngressRoute of one service name none`,
  );
}, 150_000);
