import type { ConnectorHost, Session } from '../../shared/connectors/kit/connector.ts';
import { istio } from '../../shared/connectors/istio/connector.ts';
import { kubernetes, type KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import { createRandom } from '../../shared/rehearsal/traffic/random.ts';

/** A cluster that a suite may change, simulated or real, and a namespace of its own in it. */
export interface ClusterUnderTest extends AsyncDisposable {
  /** Reaches it with all rights. */
  readonly settings: KubernetesSettings;
  readonly namespace: string;
  /** GET, POST, PATCH (merge) or DELETE as somebody else would; throws on refusal. */
  call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** Brings a Deployment's pods up behind every Service that selects `app`; resolves when they are ready. */
  run(workload: {
    readonly app: string;
    readonly version: string;
    readonly instances: number;
    /** With a sidecar of Istio's beside the application. */
    readonly sidecar?: boolean;
  }): Promise<void>;
  /** Takes the Deployment and its pods away. */
  stop(workload: { readonly app: string; readonly version: string }): Promise<void>;
}

/** Real time; what the suites wait for comes from a server. */
export const realClock: ConnectorHost['clock'] = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const timer = setTimeout(done, ms);
      function done(): void {
        signal?.removeEventListener('abort', stop);
        resolve();
      }
      function stop(): void {
        clearTimeout(timer);
        reject(signal?.reason);
      }
      signal?.addEventListener('abort', stop, { once: true });
    }),
};

export function hostOf(
  lent: ConnectorHost['lent'] = {},
  clock: ConnectorHost['clock'] = realClock,
  fraction: () => number = createRandom(1).next,
): ConnectorHost {
  let ids = 0;
  return {
    connectionId: 'conformance',
    clock,
    random: { id: () => `id-${++ids}`, fraction },
    log: { info: () => undefined, warn: () => undefined },
    ownPorts: () => [],
    lent,
  };
}

/** A cluster opened as the console opens it: the root session and the mesh it offers. */
export interface OpenCluster extends AsyncDisposable {
  readonly root: Session;
  readonly mesh: Session;
}

export async function openCluster(
  settings: KubernetesSettings,
  clock: ConnectorHost['clock'] = realClock,
): Promise<OpenCluster> {
  const root = await kubernetes.open(settings, hostOf({}, clock));
  const found = await root.offers?.find(AbortSignal.timeout(20_000));
  const offer = found?.offers.find((one) => one.connector === 'istio');
  if (offer === undefined) throw new Error(`no Istio was offered: ${JSON.stringify(found?.absent)}`);
  const mesh = await istio.open(istio.settings.parse(offer.settings), hostOf(offer.lent, clock));
  return {
    root,
    mesh,
    async [Symbol.asyncDispose]() {
      await mesh[Symbol.asyncDispose]();
      await root[Symbol.asyncDispose]();
    },
  };
}

/** Reads a stream until something in it is as expected; says what it saw last when that does not come. */
export async function until<T>(
  stream: (signal: AbortSignal) => AsyncIterable<T>,
  expected: (value: T) => boolean,
  timeoutMs = 10_000,
): Promise<T> {
  const stop = AbortSignal.timeout(timeoutMs);
  let last: T | undefined;
  try {
    for await (const value of stream(stop)) {
      last = value;
      if (expected(value)) return value;
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  throw new Error(
    `what was expected did not come within ${timeoutMs} ms; last seen: ${JSON.stringify(last)?.slice(0, 2000)}`,
  );
}

/** The parts of the shop that the suites need: one service in two versions and how its calls are divided. */
export const paymentService = (namespace: string): unknown => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'payment', namespace, labels: { team: 'money' } },
  spec: { selector: { app: 'payment' }, ports: [{ name: 'http', port: 8080, targetPort: 8080 }] },
});

export const paymentRule = (namespace: string): unknown => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'payment', namespace },
  spec: {
    host: 'payment',
    trafficPolicy: { connectionPool: { http: { http2MaxRequests: 100 } } },
    subsets: [
      { name: 'v1', labels: { version: 'v1' } },
      { name: 'v2', labels: { version: 'v2' } },
    ],
  },
});

export const paymentRoutes = (namespace: string, weights: readonly [number, number] = [70, 30]): unknown => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'payment', namespace, labels: { team: 'money' }, annotations: { note: 'kept as it is' } },
  spec: {
    hosts: ['payment'],
    http: [
      {
        name: 'refunds',
        match: [{ uri: { prefix: '/refunds' } }],
        route: [{ destination: { host: 'payment', subset: 'v1' } }],
        timeout: '2s',
      },
      {
        name: 'default',
        route: [
          { destination: { host: 'payment', subset: 'v1' }, weight: weights[0] },
          { destination: { host: 'payment', subset: 'v2' }, weight: weights[1] },
        ],
        retries: { attempts: 2, perTryTimeout: '500ms' },
      },
    ],
  },
});

export const paths = (namespace: string) => ({
  services: `/api/v1/namespaces/${namespace}/services`,
  virtualServices: `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices`,
  destinationRules: `/apis/networking.istio.io/v1/namespaces/${namespace}/destinationrules`,
  authorizationPolicies: `/apis/security.istio.io/v1/namespaces/${namespace}/authorizationpolicies`,
  serviceEntries: `/apis/networking.istio.io/v1/namespaces/${namespace}/serviceentries`,
});

/** Puts the shop's payment into the cluster's namespace, two instances of v1 and one of v2. */
export async function createPayment(cluster: ClusterUnderTest): Promise<void> {
  const path = paths(cluster.namespace);
  await cluster.call('POST', path.services, paymentService(cluster.namespace));
  await cluster.call('POST', path.destinationRules, paymentRule(cluster.namespace));
  await cluster.call('POST', path.virtualServices, paymentRoutes(cluster.namespace));
  await cluster.run({ app: 'payment', version: 'v1', instances: 2 });
  await cluster.run({ app: 'payment', version: 'v2', instances: 1 });
}
