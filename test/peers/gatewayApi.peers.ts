import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Split } from '../../shared/model/weights.ts';
import { anyWeights } from '../conformance/anyWeights.ts';
import { startRealCluster } from '../conformance/realCluster.ts';
import { routeConditionsConformance } from '../conformance/routeConditions.ts';
import { routesConformance } from '../conformance/routes.ts';
import { startRoutedPayment } from '../conformance/routesPayment.ts';
import { realOperatorOf } from '../support/bindRoles.ts';
import { type ConsoleUnderTest, first, openConsole, rungOf } from './console.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { clientFor, setLoad } from './measure.ts';
import { beginStretch, deviationOf, usualLoad } from './payment.ts';
import { type KubeObject, pathOf } from './start/api.ts';
import { waitFor } from './start/processes.ts';

const start = startRealCluster;
anyWeights('HTTPRoutes of a real API server with istiod', () => startRoutedPayment(start));
anyWeights('GRPCRoutes of a real API server with istiod', () => startRoutedPayment(start, 'GRPCRoute'));
routesConformance('a real API server with istiod', start, realOperatorOf);
routeConditionsConformance('a real API server with istiod', start);

const peers = readCoordinates();
const { envoys } = peers;
if (envoys === null) throw new Error('this run has no mesh');
const admin = clientFor(peers, 'admin');
const group = 'gateway.networking.k8s.io/v1';
const frontPort = 8089;

const service = (name: string, selector: Readonly<Record<string, string>>, port = 8080): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { selector, ports: [{ name: 'http', port, targetPort: port }] },
});
const route = (name: string, spec: object): KubeObject => ({
  apiVersion: group,
  kind: 'HTTPRoute',
  metadata: { name, namespace: 'shop' },
  spec,
});
const halves = (v1: number, v2: number, second = 'till-v2') => [
  { name: 'till-v1', port: 8080, weight: v1 },
  { name: second, port: 8080, weight: v2 },
];

/** A till whose calls are divided over the shop's payments: for callers in the mesh, and for customers at the gateway. */
const till: readonly KubeObject[] = [
  service('till', { app: 'payment' }),
  service('till-v1', { app: 'payment', version: 'v1' }),
  service('till-v2', { app: 'payment', version: 'v2' }),
  service('front', { app: 'edge' }, frontPort),
  route('till', {
    parentRefs: [{ group: '', kind: 'Service', name: 'till', port: 8080 }],
    rules: [{ name: 'default', backendRefs: halves(70, 30) }],
  }),
  {
    apiVersion: group,
    kind: 'Gateway',
    metadata: { name: 'front', namespace: 'shop' },
    spec: {
      gatewayClassName: 'istio',
      // It is served by the gateway that is there, so istiod starts none.
      addresses: [{ type: 'Hostname', value: 'front.shop.svc.cluster.local' }],
      listeners: [{ name: 'http', port: frontPort, protocol: 'HTTP' }],
    },
  },
  route('front', {
    parentRefs: [{ name: 'front' }],
    hostnames: ['till.example.com'],
    rules: [{ name: 'default', backendRefs: halves(90, 10) }],
  }),
];

const entrances = {
  till: { url: envoys.order.url, host: 'till' },
  front: { url: `http://${envoys.edge.podAddress}:${frontPort}`, host: 'till.example.com' },
} as const;
type Entrance = keyof typeof entrances;

function ask({ url, host }: { readonly url: string; readonly host: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { host } }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    });
    asked.once('error', reject);
    asked.end();
  });
}

/** Sends so many requests through a proxy; what came back, and what each version counted itself. */
async function send(entrance: Entrance, requests: number) {
  const stretch = await beginStretch(peers);
  const byStatus: Record<number, number> = {};
  for (let sent = 0; sent < requests; sent += 1) {
    const status = await ask(entrances[entrance]);
    byStatus[status] = (byStatus[status] ?? 0) + 1;
  }
  return { byStatus, ...(await stretch()) };
}

/** Requests go on until the returned function is called. */
function keepSending(entrance: Entrance): () => Promise<void> {
  let stopped = false;
  const done = (async () => {
    while (!stopped) await ask(entrances[entrance]).catch(() => 0);
  })();
  return () => {
    stopped = true;
    return done;
  };
}

async function splitOf({ client }: ConsoleUnderTest, name: string, weight?: number): Promise<Split> {
  const isIt = ({ document, serviceId, standing, destinations }: Split): boolean =>
    document.kind === 'HTTPRoute' &&
    document.name === name &&
    serviceId !== null &&
    standing?.state === 'working' &&
    destinations.every(({ readyInstances }) => (readyInstances ?? 0) > 0) &&
    (weight === undefined || destinations[0]?.weight === weight);
  const splits = await first(
    (signal) => client.splits.watch(undefined, { signal }),
    (all) => all.some(isIt),
  );
  const found = splits.find(isIt);
  if (found === undefined) throw new Error(`there is no split of ${name}`);
  return found;
}

const openAdmin = (console: ConsoleUnderTest) =>
  console.open('admin', {}, ({ sources }) =>
    ['gateway-api', 'prometheus', 'envoy'].every((id) =>
      sources.some(({ connector, state }) => connector === id && state === 'live'),
    ),
  );

describe('an HTTPRoute that istiod follows', () => {
  beforeAll(async () => {
    await setLoad(peers, 0);
    for (const object of till) await admin.apply(object);
    for (const entrance of ['till', 'front'] as const)
      await waitFor(`200 through ${entrance}`, { limitMs: 30_000 }, async () => {
        return (await ask(entrances[entrance]).catch(() => 0)) === 200;
      });
  }, 60_000);
  afterAll(async () => {
    for (const object of till.toReversed()) await admin.call(pathOf(object), { method: 'DELETE' });
    await setLoad(peers, usualLoad);
  });

  for (const entrance of ['till', 'front'] as const)
    test(`divides calls ${entrance === 'till' ? 'between services' : 'that come in by a Gateway'} as it was shifted, and as before when undone`, async () => {
      await using console = await openConsole(peers);
      await openAdmin(console);
      const before = (await splitOf(console, entrance)).destinations.map(({ weight }) => weight ?? 0);
      for (const weights of [
        [50, 50],
        [95, 5],
        [0, 100],
      ] as const) {
        const plan = await console.plan(weights, await splitOf(console, entrance));
        expect(plan.guards.filter(({ verdict }) => verdict === 'block')).toEqual([]);
        const stop = keepSending(entrance);
        const operationId = await console.apply(plan);
        try {
          const record = await console.follow(
            operationId,
            (one) => rungOf(one, 'measured').state !== 'waiting',
            90_000,
          );
          expect(rungOf(record, 'declared')).toMatchObject({ state: 'seen' });
          expect(rungOf(record, 'measured')).toMatchObject({ state: 'seen' });
          if (entrance === 'till') {
            const loaded = await console.follow(
              operationId,
              (one) => rungOf(one, 'loaded').state !== 'waiting',
            );
            expect(rungOf(loaded, 'loaded')).toMatchObject({ state: 'seen' });
          }
        } finally {
          await stop();
        }
        const counted = await send(entrance, 600);
        expect(counted.byStatus).toEqual({ 200: 600 });
        expect(Math.abs(counted.v2 - weights[1] / 100)).toBeLessThanOrEqual(
          4 * deviationOf(weights[1] / 100, counted.total),
        );
        noteFigure(
          peers,
          'gatewayApi',
          `${entrance} at ${weights.join('/')}: ${counted.total} requests, ${(counted.v2 * 100).toFixed(1)} % of them at v2`,
        );
        await console.apply(await console.client.operations.planUndo({ operationId }));
        await splitOf(console, entrance, before[0]);
      }
      await waitFor('the first weights at the services', { limitMs: 20_000 }, async () => {
        const back = await send(entrance, 200);
        return Math.abs(back.v2 - (before[1] ?? 0) / 100) <= 4 * deviationOf((before[1] ?? 0) / 100, 200);
      });
    }, 400_000);

  test('is not called working where istiod accepts it and a part of its calls gets 500', async () => {
    await using console = await openConsole(peers);
    await openAdmin(console);
    await splitOf(console, 'till');
    const path = pathOf(route('till', {}));
    const give = (backendRefs: unknown) =>
      admin.call(path, {
        method: 'PATCH',
        contentType: 'application/merge-patch+json',
        body: { spec: { rules: [{ name: 'default', backendRefs }] } },
      });
    try {
      await give(halves(70, 30, 'till-v3'));
      const all = await first(
        (signal) => console.client.splits.watch(undefined, { signal }),
        (splits) => splits.some(({ standing }) => standing?.state === 'refused'),
      );
      const refused = all.find(({ standing }) => standing?.state === 'refused');
      expect(refused?.standing?.text).toMatch(/BackendNotFound/);
      expect(refused?.destinations[1]?.problem).toBe('there is no Service shop/till-v3');
      await waitFor('500 for a part of the calls', { limitMs: 20_000 }, async () => {
        const { byStatus } = await send('till', 100);
        return (byStatus[500] ?? 0) > 10 && (byStatus[500] ?? 0) < 55;
      });
      // istiod takes weights of zero, says that all is well, and nobody gets an answer: Podium does not ask for them.
      await give(halves(0, 0));
      await waitFor('500 for all calls', { limitMs: 20_000 }, async () => {
        const { byStatus } = await send('till', 20);
        return byStatus[500] === 20;
      });
    } finally {
      await give(halves(70, 30));
    }
  }, 120_000);
});
