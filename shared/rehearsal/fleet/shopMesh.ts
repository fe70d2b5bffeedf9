import type { KubeInput } from '../kube/store.ts';
import { hostOf } from './fleet.ts';
import { timeOf } from './time.ts';

/** Hosts of what lies outside. */
export const bankHost = 'bank-api.example.com';
export const stockHost = 'stock-db.example.com';
/** A service of the second data centre, by the name that its Consul gives it. */
export const loyaltyHost = 'loyalty.service.dc2.consul';

const networking = 'networking.istio.io/v1';
const subsets = [
  { name: 'v1', labels: { version: 'v1' } },
  { name: 'v2', labels: { version: 'v2' } },
];

/** The VirtualService of payment with these weights. */
export function paymentRoute(v1: number, v2: number, createdAt: number): KubeInput {
  const host = hostOf('shop', 'payment');
  return {
    apiVersion: networking,
    kind: 'VirtualService',
    metadata: {
      name: 'payment',
      namespace: 'shop',
      labels: { app: 'payment', team: 'team-checkout' },
      creationTimestamp: timeOf(createdAt),
    },
    spec: {
      hosts: [host],
      http: [
        {
          name: 'default',
          route: [
            { destination: { host, subset: 'v1' }, weight: v1 },
            { destination: { host, subset: 'v2' }, weight: v2 },
          ],
          timeout: '6s',
          retries: { attempts: 2, perTryTimeout: '6s', retryOn: 'connect-failure,refused-stream' },
        },
      ],
    },
  };
}

/** What Flagger writes on a document that it made for a Canary, and puts back when somebody changes it. */
const ownedByFlagger = (canary: string): Readonly<Record<string, unknown>> => ({
  ownerReferences: [
    {
      apiVersion: 'flagger.app/v1beta1',
      kind: 'Canary',
      name: canary,
      uid: '7f3c1f5e-0d57-4c56-9e5d-6a1b0c2f9d41',
      controller: true,
      blockOwnerDeletion: true,
    },
  ],
});

/** What Argo CD writes on a document that it keeps as its repository has it. */
const trackedByArgo = (
  application: string,
  kind: string,
  namespace: string,
  name: string,
): Readonly<Record<string, unknown>> => ({
  annotations: {
    'argocd.argoproj.io/tracking-id': `${application}:networking.istio.io/${kind}:${namespace}/${name}`,
  },
});

/** A call into another system: a host like any other outside, with a time-out. */
export function acrossMesh(now: number, name: string, host: string): KubeInput[] {
  const creationTimestamp = timeOf(now - 30 * 86_400_000);
  const metadata = { name, namespace: 'shop', labels: { app: name }, creationTimestamp };
  return [
    {
      apiVersion: networking,
      kind: 'ServiceEntry',
      metadata,
      spec: {
        hosts: [host],
        location: 'MESH_EXTERNAL',
        ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
        resolution: 'DNS',
      },
    },
    {
      apiVersion: networking,
      kind: 'VirtualService',
      metadata,
      spec: {
        hosts: [host],
        http: [{ route: [{ destination: { host } }], timeout: '800ms', retries: { attempts: 0 } }],
      },
    },
  ];
}

/** Rules, routes and what lies outside; some calls are guarded well, some not at all. */
export function shopMesh(now: number): KubeInput[] {
  const creationTimestamp = timeOf(now - 30 * 86_400_000);
  const made = (
    kind: string,
    namespace: string,
    name: string,
    spec: object,
    owned: Readonly<Record<string, unknown>> = {},
  ): KubeInput => ({
    apiVersion: networking,
    kind,
    metadata: { name, namespace, labels: { app: name }, creationTimestamp, ...owned },
    spec,
  });
  return [
    made('DestinationRule', 'shop', 'payment', {
      host: hostOf('shop', 'payment'),
      trafficPolicy: {
        connectionPool: { http: { http2MaxRequests: 32 } },
        outlierDetection: {
          consecutive5xxErrors: 7,
          interval: '10s',
          baseEjectionTime: '30s',
          maxEjectionPercent: 50,
        },
      },
      subsets,
    }),
    made('DestinationRule', 'shop', 'inventory', {
      host: hostOf('shop', 'inventory'),
      trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5, baseEjectionTime: '30s' } },
    }),
    made('VirtualService', 'shop', 'inventory', {
      hosts: [hostOf('shop', 'inventory')],
      http: [
        {
          route: [{ destination: { host: hostOf('shop', 'inventory') } }],
          timeout: '2s',
          retries: { attempts: 2, perTryTimeout: '500ms', retryOn: '5xx' },
        },
      ],
    }),
    made(
      'VirtualService',
      'shop',
      'recommend',
      {
        hosts: [hostOf('shop', 'recommend')],
        http: [
          {
            route: [{ destination: { host: hostOf('shop', 'recommend') } }],
            timeout: '300ms',
          },
        ],
      },
      ownedByFlagger('recommend'),
    ),
    made(
      'DestinationRule',
      'finance',
      'ledger',
      {
        host: hostOf('finance', 'ledger'),
        trafficPolicy: { connectionPool: { http: { http2MaxRequests: 200 } } },
      },
      trackedByArgo('finance', 'DestinationRule', 'finance', 'ledger'),
    ),
    made('VirtualService', 'shop', 'bank-api', {
      hosts: [bankHost],
      http: [{ route: [{ destination: { host: bankHost } }], timeout: '2s', retries: { attempts: 0 } }],
    }),
    made('ServiceEntry', 'shop', 'bank-api', {
      hosts: [bankHost],
      location: 'MESH_EXTERNAL',
      ports: [{ number: 443, name: 'http', protocol: 'HTTP' }],
      resolution: 'DNS',
    }),
    made('ServiceEntry', 'shop', 'stock-db', {
      hosts: [stockHost],
      location: 'MESH_EXTERNAL',
      ports: [{ number: 5432, name: 'tcp-postgres', protocol: 'TCP' }],
      resolution: 'DNS',
    }),
  ];
}
