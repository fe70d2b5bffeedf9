import type { Behaviour, CallBehaviour, FleetBehaviour } from '../traffic/behaviour.ts';
import { audiences } from './audiences.ts';
import { hostOf } from './fleet.ts';
import { bankHost, stockHost } from './shopMesh.ts';

function callTo(
  host: string,
  path: string,
  perRequest: number,
  more: Partial<CallBehaviour> = {},
): CallBehaviour {
  return { host, path, perRequest, protocol: 'http', onFailure: 'fail', ...more };
}

const shop = (name: string): string => hostOf('shop', name);
const queueHost = hostOf('logistics', 'shipments');
const stock = callTo(stockHost, '', 3.1, { protocol: 'tcp', bytes: [210, 1_450] });
const ledgerCall = callTo(hostOf('finance', 'ledger'), '/ledger.Ledger/Post', 0.99, { protocol: 'grpc' });

const paymentV1: Behaviour = {
  latency: { medianMs: 38, p99Ms: 120 },
  errorRatio: 0.002,
  capacityPerInstance: 140,
  calls: [callTo(bankHost, '/v3/charges', 0.33), ledgerCall],
};

/** v2 waits for the bank over too few connections: good at a tenth of the traffic, bad at three tenths. */
const paymentV2: Behaviour = {
  ...paymentV1,
  latency: { medianMs: 34, p99Ms: 110 },
  errorRatio: 0.003,
  errorRatioWhenHanging: 0.042,
  calls: [
    callTo(bankHost, '/v3/charges', 0.28, {
      ownRetries: { attempts: 1, waitMs: 350 },
      pool: {
        enoughFor: 15,
        exhaustedAt: 26,
        hangRatio: 0.56,
        size: { variable: 'BANK_POOL_SIZE', usually: 4 },
      },
    }),
    ledgerCall,
  ],
};

function plain(
  medianMs: number,
  p99Ms: number,
  capacityPerInstance: number,
  calls: Behaviour['calls'] = [],
): Behaviour {
  return { latency: { medianMs, p99Ms }, errorRatio: 0.0006, capacityPerInstance, calls };
}

/** How the shop's programs behave. */
export const shopBehaviour: FleetBehaviour = {
  services: {
    'edge/edge-gateway': {
      v1: {
        ...plain(4, 14, 450),
        choices: [
          callTo(shop('order'), '/order', 0.537, { method: 'POST' }),
          callTo(shop('catalog'), '/catalog', 0.463),
        ],
      },
    },
    'shop/order': {
      v1: plain(18, 70, 110, [
        callTo(shop('inventory'), '/reserve', 0.6, { method: 'POST' }),
        callTo(shop('payment'), '/pay', 0.945, { method: 'POST' }),
        callTo(queueHost, '', 0.3, { protocol: 'tcp', bytes: [900, 40], publishesTo: 'shipments' }),
      ]),
    },
    'shop/payment': { v1: paymentV1, v2: paymentV2 },
    'shop/refunds': { v1: plain(22, 60, 60, [callTo(shop('payment'), '/refund', 1, { method: 'POST' })]) },
    'shop/inventory': { v1: plain(14, 44, 190, [stock]) },
    'shop/catalog': {
      v1: plain(9, 28, 130, [
        callTo(shop('inventory'), '/stock', 0.4),
        callTo(shop('recommend'), '/for-you', 0.25, { onFailure: { askInstead: shop('top-sellers') } }),
      ]),
    },
    'shop/recommend': { v1: { ...plain(24, 95, 90), errorRatio: 0.004 } },
    'shop/top-sellers': { v1: plain(2, 6, 400) },
    'finance/ledger': { v1: plain(6, 22, 180) },
    'logistics/logistics': {
      v1: plain(30, 90, 60, [callTo(queueHost, '', 0, { protocol: 'tcp' })]),
    },
    'logistics/shipments': { v1: plain(1, 4, 5_000) },
  },
  externals: {
    [bankHost]: { latency: { medianMs: 70, p99Ms: 170 }, errorRatio: 0.003 },
    [stockHost]: { latency: { medianMs: 1.8, p99Ms: 8 }, errorRatio: 0 },
  },
  queues: [
    {
      name: 'shipments',
      host: queueHost,
      consumer: 'logistics/logistics',
      perInstancePerSecond: 30,
      bytesPerMessage: 900,
    },
  ],
  entries: [
    { host: hostOf('edge', 'edge-gateway'), path: '/', requestsPerSecond: 406, audiences },
    { host: shop('refunds'), path: '/refunds', requestsPerSecond: 6 },
  ],
};
