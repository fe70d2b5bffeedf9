import type { KubeObject } from './api.ts';

/** The port on which every pod of the shop answers. */
export const servicePort = 8080;
/** Where Istio's agent would offer Envoy's metrics; here it is Envoy's own admin listener. */
export const envoyMetricsPort = 15020;
/** The gateway's listener. */
export const gatewayPort = 8088;
/** Where the sidecar of `order` takes its outgoing requests; its own address, because every pod shares one loopback. */
export const sidecarAddress = '127.0.0.21';
/** The host of the shop as its customers know it. */
export const shopHost = 'shop.example.com';
export const paymentHost = 'payment.shop.svc.cluster.local';

const namespace = 'shop';
const istio = 'networking.istio.io/v1';

interface WorkloadSpec {
  readonly app: string;
  readonly version?: string;
  readonly replicas?: number;
  readonly proxy?: boolean;
  readonly port?: number;
}

const workloads: readonly WorkloadSpec[] = [
  { app: 'edge', proxy: true, port: gatewayPort },
  { app: 'order', version: 'v1', proxy: true },
  { app: 'payment', version: 'v1', replicas: 2 },
  { app: 'payment', version: 'v2' },
  ...['catalog', 'inventory', 'ledger', 'logistics', 'recommendation', 'refunds'].map((app) => ({
    app,
    version: 'v1',
  })),
];

/** Namespaces first, because everything else lies in one. */
export const namespaces: readonly KubeObject[] = ['shop', 'monitoring', 'istio-system'].map((name) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: name === 'shop' ? { 'istio-injection': 'enabled' } : {} },
}));

/** Deployments and Services of the shop, of Prometheus and of istiod; their pods are kwok's. */
export const deployments: readonly KubeObject[] = [
  ...workloads.map(deploymentOf),
  ...[...new Set(workloads.map(({ app }) => app))].map((app) =>
    service(namespace, app, { app }, [{ name: 'http', port: portOf(app) }]),
  ),
  // Names and labels as the community's Helm chart gives them.
  deployment('monitoring', 'prometheus-server', {
    labels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/component': 'server' },
    containers: [{ name: 'prometheus-server', image: 'quay.io/prometheus/prometheus:v2.42.0' }],
  }),
  service(
    'monitoring',
    'prometheus',
    { 'app.kubernetes.io/name': 'prometheus' },
    [{ name: 'http', port: 9090 }],
    {
      'app.kubernetes.io/name': 'prometheus',
      'app.kubernetes.io/component': 'server',
    },
  ),
  deployment('istio-system', 'istiod', {
    labels: { app: 'istiod', istio: 'pilot' },
    annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '15014' },
    containers: [{ name: 'discovery', image: 'docker.io/istio/pilot:1.31-snapshot' }],
  }),
  service(
    'istio-system',
    'istiod',
    { app: 'istiod' },
    [
      { name: 'grpc-xds', port: 15010 },
      { name: 'http-monitoring', port: 15014 },
    ],
    { app: 'istiod', istio: 'pilot' },
  ),
];

/** What Istio reads: subsets, the 70/30 split for the sidecars and the gateway, the way in, and order's sidecar. */
export const meshObjects: readonly KubeObject[] = [
  mesh('DestinationRule', 'payment', {
    host: paymentHost,
    trafficPolicy: { tls: { mode: 'DISABLE' } },
    subsets: ['v1', 'v2'].map((version) => ({ name: version, labels: { version } })),
  }),
  mesh('VirtualService', 'payment', {
    hosts: [paymentHost],
    gateways: ['mesh', 'edge'],
    http: [
      {
        name: 'default',
        route: [
          { destination: { host: paymentHost, subset: 'v1', port: { number: servicePort } }, weight: 70 },
          { destination: { host: paymentHost, subset: 'v2', port: { number: servicePort } }, weight: 30 },
        ],
      },
    ],
  }),
  mesh('Gateway', 'edge', {
    selector: { app: 'edge' },
    servers: [{ port: { number: gatewayPort, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  }),
  mesh('VirtualService', 'shop', {
    hosts: [shopHost],
    gateways: ['edge'],
    http: [
      {
        name: 'catalog',
        match: [{ uri: { prefix: '/catalog' } }],
        route: [{ destination: hostOf('catalog') }],
      },
      { name: 'checkout', route: [{ destination: hostOf('order') }] },
    ],
  }),
  mesh('Sidecar', 'order', {
    workloadSelector: { labels: { app: 'order' } },
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    egress: [
      {
        port: { number: servicePort, protocol: 'HTTP', name: 'http' },
        bind: sidecarAddress,
        captureMode: 'NONE',
        hosts: ['./*'],
      },
    ],
  }),
];

function hostOf(app: string) {
  return { host: `${app}.${namespace}.svc.cluster.local`, port: { number: servicePort } };
}

function portOf(app: string): number {
  return workloads.find((workload) => workload.app === app)?.port ?? servicePort;
}

function deploymentOf({ app, version, replicas, proxy, port }: WorkloadSpec): KubeObject {
  const name = version === undefined || app !== 'payment' ? app : `${app}-${version}`;
  const labels = { app, ...(version === undefined ? {} : { version }) };
  const ports = [{ name: 'http', containerPort: port ?? servicePort }];
  const main = { name: app, image: `registry.example.com/shop/${app}:${version ?? 'v1'}`, ports };
  const proxyContainer = { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.31-snapshot' };
  const scrape = {
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': String(envoyMetricsPort),
    'prometheus.io/path': '/stats/prometheus',
  };
  return deployment(namespace, name, {
    labels,
    replicas: replicas ?? 1,
    annotations: proxy === true ? scrape : {},
    containers:
      proxy !== true ? [main] : app === 'edge' ? [{ ...proxyContainer, ports }] : [main, proxyContainer],
  });
}

interface PodSpec {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly containers: readonly unknown[];
}

function deployment(inNamespace: string, name: string, pod: PodSpec): KubeObject {
  const { labels, annotations = {}, replicas = 1, containers } = pod;
  // There is no scheduler: a pod names its node itself.
  const template = { metadata: { labels, annotations }, spec: { nodeName: 'n1', containers } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: inNamespace, labels },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
}

function service(
  inNamespace: string,
  name: string,
  selector: Readonly<Record<string, string>>,
  ports: readonly { readonly name: string; readonly port: number }[],
  labels = selector,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: inNamespace, labels },
    spec: { selector, ports: ports.map((port) => ({ ...port, targetPort: port.port })) },
  };
}

function mesh(kind: string, name: string, spec: unknown): KubeObject {
  return { apiVersion: istio, kind, metadata: { name, namespace }, spec };
}
