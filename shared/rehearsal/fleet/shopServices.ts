import { withBreakerStats, type ServiceSpec } from './fleet.ts';

const http = [{ name: 'http', port: 8080, appProtocol: 'http' }];
const grpc = [{ name: 'grpc', port: 7070, appProtocol: 'grpc' }];
const day = 1440;

/** The shop's services, as they have been running for a while. */
export const shopServices: readonly ServiceSpec[] = [
  {
    namespace: 'edge',
    name: 'edge-gateway',
    owner: 'team-platform',
    ports: http,
    type: 'LoadBalancer',
    labels: { 'app.kubernetes.io/component': 'gateway' },
    podAnnotations: withBreakerStats,
    versions: [{ version: 'v1', replicas: 3, image: 'shop/edge-gateway:3.8.1', deployedMinutesAgo: 9 * day }],
  },
  {
    namespace: 'shop',
    name: 'order',
    owner: 'team-checkout',
    ports: http,
    podAnnotations: withBreakerStats,
    versions: [
      {
        version: 'v1',
        replicas: 6,
        image: 'shop/order:2.14',
        deployedMinutesAgo: 17,
        before: { image: 'shop/order:2.13', deployedMinutesAgo: 6 * day },
      },
    ],
  },
  {
    namespace: 'shop',
    name: 'payment',
    owner: 'team-checkout',
    ports: http,
    versions: [
      {
        version: 'v1',
        workload: 'payment-v1',
        replicas: 2,
        image: 'shop/payment:5.2.0',
        deployedMinutesAgo: 11 * day,
      },
      {
        version: 'v2',
        workload: 'payment-v2',
        replicas: 2,
        image: 'shop/payment:6.0.0',
        deployedMinutesAgo: 52,
      },
    ],
  },
  {
    namespace: 'shop',
    name: 'refunds',
    owner: 'team-checkout',
    ports: http,
    versions: [{ version: 'v1', replicas: 2, image: 'shop/refunds:1.9.4', deployedMinutesAgo: 20 * day }],
  },
  {
    namespace: 'shop',
    name: 'inventory',
    owner: 'team-goods',
    ports: http,
    versions: [{ version: 'v1', replicas: 3, image: 'shop/inventory:4.4.2', deployedMinutesAgo: 3 * day }],
  },
  {
    namespace: 'shop',
    name: 'catalog',
    owner: 'team-goods',
    ports: http,
    versions: [
      { version: 'v1', replicas: 4, image: 'shop/catalog:7.1.0', deployedMinutesAgo: 2 * day, restarts: 1 },
    ],
  },
  {
    namespace: 'shop',
    name: 'recommend',
    owner: 'team-discovery',
    ports: http,
    versions: [{ version: 'v1', replicas: 2, image: 'shop/recommend:0.31.0', deployedMinutesAgo: 5 * day }],
  },
  {
    namespace: 'shop',
    name: 'top-sellers',
    owner: 'team-discovery',
    ports: http,
    versions: [{ version: 'v1', replicas: 1, image: 'shop/top-sellers:1.0.3', deployedMinutesAgo: 40 * day }],
  },
  {
    namespace: 'finance',
    name: 'ledger',
    owner: 'team-finance',
    ports: grpc,
    versions: [{ version: 'v1', replicas: 3, image: 'finance/ledger:12.0.7', deployedMinutesAgo: 15 * day }],
  },
  {
    namespace: 'logistics',
    name: 'logistics',
    owner: 'team-delivery',
    ports: http,
    versions: [
      { version: 'v1', replicas: 2, image: 'logistics/logistics:3.3.0', deployedMinutesAgo: 8 * day },
    ],
  },
  {
    namespace: 'logistics',
    name: 'shipments',
    owner: 'team-delivery',
    ports: [{ name: 'amqp', port: 5672, appProtocol: 'tcp' }],
    labels: { 'app.kubernetes.io/component': 'queue' },
    versions: [{ version: 'v1', replicas: 1, image: 'rabbitmq:4.1', deployedMinutesAgo: 60 * day }],
  },
  {
    namespace: 'monitoring',
    name: 'prometheus',
    owner: 'team-platform',
    ports: [{ name: 'http', port: 9090, appProtocol: 'http' }],
    outsideMesh: true,
    versions: [
      { version: 'v1', replicas: 1, image: 'prom/prometheus:v2.42.0', deployedMinutesAgo: 30 * day },
    ],
  },
  {
    namespace: 'istio-system',
    name: 'istiod',
    owner: 'team-platform',
    ports: [
      { name: 'grpc-xds', port: 15010 },
      { name: 'http-monitoring', port: 15014 },
    ],
    outsideMesh: true,
    labels: { istio: 'pilot', 'istio.io/rev': 'default' },
    versions: [
      { version: 'v1', replicas: 1, image: 'docker.io/istio/pilot:1.27.1', deployedMinutesAgo: 30 * day },
    ],
  },
  {
    namespace: 'monitoring',
    name: 'alertmanager',
    owner: 'team-platform',
    ports: [{ name: 'http-web', port: 9093, appProtocol: 'http' }],
    outsideMesh: true,
    versions: [
      { version: 'v1', replicas: 1, image: 'prom/alertmanager:v0.25.0', deployedMinutesAgo: 30 * day },
    ],
  },
];
