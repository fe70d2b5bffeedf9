import type { Session } from '../../shared/connectors/kit/connector.ts';
import { gatewayApi } from '../../shared/connectors/gateway-api/connector.ts';
import { kubernetes, type KubernetesSettings } from '../../shared/connectors/kubernetes/connector.ts';
import type { Split } from '../../shared/model/weights.ts';
import { type ClusterUnderTest, hostOf, paths } from './cluster.ts';
import type { PaymentUnderTest } from './payment.ts';

export const routesPath = (namespace: string, plural = 'httproutes', version = 'v1'): string =>
  `/apis/gateway.networking.k8s.io/${version}/namespaces/${namespace}/${plural}`;

const acceptedByLinkerd = {
  parentRef: { group: 'core', kind: 'Service', name: 'payment', port: 8080 },
  controllerName: 'linkerd.io/policy-controller',
  conditions: ['Accepted', 'ResolvedRefs'].map((type) => ({
    ...{ type, status: 'True', reason: type, message: '' },
    lastTransitionTime: '2026-11-20T12:00:00Z',
  })),
};

/** A kind of route that calls to a Service can be divided by. */
type RouteKind = 'HTTPRoute' | 'GRPCRoute' | 'HTTPRoute of Linkerd';
const linkerd = 'policy.linkerd.io/v1beta3';
const apiOf = (kind: RouteKind) =>
  kind === 'HTTPRoute of Linkerd'
    ? { apiVersion: linkerd, kind: 'HTTPRoute', plural: 'httproutes' }
    : { apiVersion: 'gateway.networking.k8s.io/v1', kind, plural: `${kind.toLowerCase()}s` };
const pathOf = (namespace: string, kind: RouteKind): string => {
  const { apiVersion, plural } = apiOf(kind);
  return `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;
};

/** A cluster opened as the console opens it: the root session and that of the Gateway API it offers. */
export async function openRoutes(
  settings: KubernetesSettings,
): Promise<{ readonly root: Session; readonly routes: Session } & AsyncDisposable> {
  const root = await kubernetes.open(settings, hostOf());
  const found = await root.offers?.find(AbortSignal.timeout(20_000));
  const offer = found?.offers.find((one) => one.connector === 'gateway-api');
  if (offer === undefined) throw new Error('no Gateway API was offered');
  const routes = await gatewayApi.open(gatewayApi.settings.parse(offer.settings), hostOf(offer.lent));
  return {
    root,
    routes,
    async [Symbol.asyncDispose]() {
      await routes[Symbol.asyncDispose]();
      await root[Symbol.asyncDispose]();
    },
  };
}

/** A Service of a cluster, of all pods with these labels. */
export const serviceFor = (
  namespace: string,
  name: string,
  selector: Readonly<Record<string, string>>,
): unknown => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: { team: 'money' } },
  spec: { selector, ports: [{ name: 'http', port: 8080, targetPort: 8080 }] },
});

/** Payment's route on its own Service: 70 to v1 and 30 to v2, each a Service. */
export const paymentRoute = (namespace: string, kind: RouteKind = 'HTTPRoute'): unknown => ({
  apiVersion: apiOf(kind).apiVersion,
  kind: apiOf(kind).kind,
  metadata: { name: 'payment', namespace, annotations: { note: 'kept as it is' } },
  spec: {
    parentRefs: [{ group: '', kind: 'Service', name: 'payment', port: 8080 }],
    rules: [
      {
        name: 'refunds',
        matches:
          apiOf(kind).kind === 'HTTPRoute'
            ? [{ path: { type: 'PathPrefix', value: '/refunds' } }]
            : [{ method: { service: 'shop.Refunds' } }],
        backendRefs: [{ name: 'payment-refunds', port: 8080 }],
      },
      {
        name: 'default',
        backendRefs: [
          { name: 'payment-v1', port: 8080, weight: 70 },
          { name: 'payment-v2', port: 8080, weight: 30 },
        ],
      },
    ],
  },
});

interface Route {
  readonly metadata: {
    readonly generation: number;
    readonly labels?: unknown;
    readonly annotations?: unknown;
  };
  readonly spec: {
    readonly rules: readonly {
      readonly name: string;
      readonly backendRefs: readonly { readonly name: string; readonly weight?: number }[];
    }[];
  };
}

/** Puts payment's Services, its pods and its route into the cluster, and waits until its controller has spoken. */
export async function createRoutedPayment(
  { call, run, namespace }: ClusterUnderTest,
  kind: RouteKind = 'HTTPRoute',
): Promise<void> {
  const services = paths(namespace).services;
  for (const [name, selector] of [
    ['payment', { app: 'payment' }],
    ['payment-v1', { app: 'payment', version: 'v1' }],
    ['payment-v2', { app: 'payment', version: 'v2' }],
    ['payment-refunds', { app: 'payment', version: 'v1' }],
  ] as const)
    await call('POST', services, serviceFor(namespace, name, selector));
  await run({ app: 'payment', version: 'v1', instances: 2 });
  await run({ app: 'payment', version: 'v2', instances: 1 });
  await call('POST', pathOf(namespace, kind), paymentRoute(namespace, kind));
  // No controller of Linkerd's runs anywhere: its word is given as it writes it, without a generation.
  if (kind === 'HTTPRoute of Linkerd')
    await call('PATCH', `${pathOf(namespace, kind)}/payment`, { status: { parents: [acceptedByLinkerd] } });
}

/** Such a payment, in a cluster with or without a mesh, opened as the console opens it. */
export async function startRoutedPayment(
  start: () => Promise<ClusterUnderTest>,
  kind: RouteKind = 'HTTPRoute',
): Promise<PaymentUnderTest> {
  const cluster = await start();
  const { namespace, call } = cluster;
  const path = `${pathOf(namespace, kind)}/payment`;
  await createRoutedPayment(cluster, kind);
  const read = async (): Promise<Route> => (await call('GET', path)) as Route;
  const open = await openRoutes(cluster.settings);
  const host = (name: string): string => `${name}.${namespace}.svc.cluster.local`;
  const rewrite = async (backend: string): Promise<void> => {
    const { spec } = await read();
    const rules = spec.rules.map((rule) =>
      rule.name === 'default'
        ? { ...rule, backendRefs: [rule.backendRefs[0], { name: backend, port: 8080, weight: 30 }] }
        : rule,
    );
    await call('PATCH', path, { spec: { rules } });
  };
  return {
    topology: open.root,
    weights: open.routes,
    namespace,
    service: 'payment',
    workloads: { v1: 'payment-v1', v2: 'payment-v2' },
    host: host('payment'),
    versionHosts: [host('payment-v1'), host('payment-v2')],
    answered: true,
    isSplit: (split: Split) =>
      split.document.namespace === namespace &&
      split.route.title === 'default' &&
      split.standing?.state !== 'waiting',
    async written() {
      const { metadata, spec } = await read();
      const rule = spec.rules.find(({ name }) => name === 'default');
      return {
        weights: (rule?.backendRefs ?? []).map(({ weight }) => weight ?? NaN),
        rest: {
          labels: metadata.labels,
          annotations: metadata.annotations,
          spec: JSON.parse(JSON.stringify(spec, (key, value: unknown) => (key === 'weight' ? null : value))),
        },
        revision: String(metadata.generation),
      };
    },
    async annotate() {
      const { spec } = await read();
      const rules = spec.rules.map((rule) =>
        rule.name === 'refunds' ? { ...rule, backendRefs: [{ ...rule.backendRefs[0], weight: 7 }] } : rule,
      );
      await call('PATCH', path, { spec: { rules } });
    },
    async breakV2() {
      await rewrite('payment-v3');
      return `there is no Service ${namespace}/payment-v3`;
    },
    stopV2: () => cluster.stop({ app: 'payment', version: 'v2' }),
    async addService(name) {
      await call('POST', paths(namespace).services, serviceFor(namespace, name, { app: name }));
    },
    async removeService(name) {
      await call('DELETE', `${paths(namespace).services}/${name}`);
    },
    async [Symbol.asyncDispose]() {
      await open[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}
