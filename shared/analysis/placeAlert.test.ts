import { expect, test } from 'vitest';
import type { TopologyObservation } from '../model/topology.ts';
import { foldTopology } from './foldTopology.ts';
import { placeAlert } from './placeAlert.ts';

const service = (namespace: string, name: string): TopologyObservation['services'][number] => ({
  namespace,
  name,
  kind: 'service',
  hosts: [`${name}.${namespace}.svc.cluster.local`, `${name}.${namespace}`],
  owner: null,
  createdAt: null,
});
const topology = foldTopology(
  'c',
  [
    {
      observedAt: 0,
      services: [
        service('shop', 'payment'),
        service('shop', 'order'),
        service('monitoring', 'kube-state-metrics'),
      ],
      workloads: [
        {
          namespace: 'shop',
          name: 'payment-v2',
          kind: 'Deployment',
          services: [{ namespace: 'shop', name: 'payment' }],
          canonicalService: 'payment',
          version: 'v2',
          labels: {},
          desiredInstances: 1,
          readyInstances: 1,
          image: null,
          deployments: [],
        },
      ],
      instances: [
        {
          namespace: 'shop',
          name: 'payment-v2-abc',
          uid: 'u',
          workload: 'payment-v2',
          version: 'v2',
          ready: true,
          reason: null,
          restarts: 0,
          lastRestartAt: null,
          startedAt: null,
          node: null,
        },
      ],
      problems: [],
    },
  ],
  0,
);
const placed = (labels: Record<string, string>) => placeAlert(labels, topology);

test.each([
  [{ namespace: 'shop', service: 'payment' }, 'c/shop/payment', 'label service'],
  [{ namespace: 'shop', deployment: 'payment-v2' }, 'c/shop/payment', 'label deployment'],
  [{ namespace: 'shop', pod: 'payment-v2-abc' }, 'c/shop/payment', 'label pod'],
  [{ destination_service: 'order.shop.svc.cluster.local' }, 'c/shop/order', 'label destination_service'],
  [{ job: 'shop/order' }, 'c/shop/order', 'label job'],
  [{ namespace: 'shop', app: 'payment-v2' }, 'c/shop/payment', 'label app'],
])('an alert with %o is of %s', (labels, serviceId, by) => {
  expect(placed(labels as unknown as Record<string, string>)).toEqual({ serviceId, by });
});

test('what an exporter tells of others is theirs and not the exporter’s', () => {
  const ofExporter = { job: 'kube-state-metrics', service: 'kube-state-metrics', namespace: 'shop' };
  expect(placed({ ...ofExporter, deployment: 'payment-v2' })?.serviceId).toBe('c/shop/payment');
  expect(
    placed({
      service: 'kube-state-metrics',
      namespace: 'monitoring',
      exported_namespace: 'shop',
      exported_pod: 'payment-v2-abc',
    })?.serviceId,
  ).toBe('c/shop/payment');
});

test.each([[{}], [{ instance: '10.0.0.9:9100' }], [{ namespace: 'elsewhere', service: 'payment' }]])(
  'an alert with %o is nowhere on the map',
  (labels) => {
    expect(placed(labels as Record<string, string>)).toBeNull();
  },
);
