import type { Split } from '../../shared/model/weights.ts';

/** A route of payment with versions v1, v2, … of these weights. */
export const splitOf = (weights: readonly (number | null)[], rest: Partial<Split> = {}): Split => ({
  id: 'uid/http/default',
  connectionId: 'c1',
  document: {
    connectionId: 'c1',
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    namespace: 'shop',
    name: 'payment',
    uid: 'uid',
  },
  revision: '7',
  serviceId: 'c1/shop/payment',
  route: { index: 0, title: 'default', match: 'all requests', protocol: 'http' },
  hosts: ['payment'],
  gateways: ['mesh'],
  destinations: weights.map((weight, index) => ({
    index,
    host: 'payment',
    subset: `v${index + 1}`,
    port: null,
    title: `v${index + 1}`,
    version: `v${index + 1}`,
    weight,
    readyInstances: 2,
    problem: null,
  })),
  ownership: null,
  readOnly: null,
  changedBy: null,
  ...rest,
});
