import type { KubeInput } from '../kube/store.ts';
import type { Fleet } from './fleet.ts';
import { namespaceObject, serviceObjects } from './objects.ts';
import { timeOf } from './time.ts';
import { createPlaces } from './pods.ts';
import { shopBehaviour } from './shopBehaviour.ts';
import { withShopConfig } from './shopConfig.ts';
import { shopIngress } from './shopIngress.ts';
import { paymentRoute, shopMesh } from './shopMesh.ts';
import { shopServices } from './shopServices.ts';

/** The shop as it was before its incident: payment v2 has a tenth of the traffic. */
export function createShop(now: number): Fleet {
  const places = createPlaces(['node-1', 'node-2', 'node-3', 'node-4']);
  const month = now - 60 * 86_400_000;
  const inMesh = ['edge', 'shop', 'finance', 'logistics'];
  return {
    objects: [
      ...inMesh.map((name) => namespaceObject(name, month, true)),
      ...['default', 'kube-system', 'istio-system', 'monitoring'].map((name) =>
        namespaceObject(name, month, false),
      ),
      ...withShopConfig(
        shopServices.flatMap((spec) => serviceObjects(spec, now, places)),
        now,
      ),
      ...shopMesh(now),
      ...shopIngress(now),
      paymentRoute(90, 10, now - 51 * 60_000),
      ...shopEvents(now),
    ],
    behaviour: shopBehaviour,
  };
}

function shopEvents(now: number): KubeInput[] {
  const event = (
    minutesAgo: number,
    kind: string,
    namespace: string,
    name: string,
    reason: string,
    message: string,
    component: string,
  ): KubeInput => {
    const at = timeOf(now - minutesAgo * 60_000);
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${reason.toLowerCase()}.${minutesAgo}`, namespace, creationTimestamp: at },
      involvedObject: { kind, namespace, name, apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1' },
      reason,
      message,
      type: reason === 'BackOff' || reason === 'Unhealthy' ? 'Warning' : 'Normal',
      source: { component },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    };
  };
  const scaled = (minutesAgo: number, name: string, message: string): KubeInput =>
    event(minutesAgo, 'Deployment', 'shop', name, 'ScalingReplicaSet', message, 'deployment-controller');
  return [
    scaled(52, 'payment-v2', 'Scaled up replica set payment-v2 from 0 to 2'),
    scaled(17, 'order', 'Scaled up replica set order (shop/order:2.14) from 0 to 6'),
    scaled(16, 'order', 'Scaled down replica set order (shop/order:2.13) from 6 to 0'),
    event(29, 'Deployment', 'shop', 'catalog', 'Unhealthy', 'Readiness probe failed: HTTP 503', 'kubelet'),
  ];
}
