import type { BreakerRules } from './breaker.ts';

/** What one service of the corner is like. */
export interface CornerService {
  readonly name: string;
  readonly team: string;
  readonly method: string;
  /** Of its one endpoint, as its controller writes it. */
  readonly uri: string;
  readonly medianMs: number;
  /** Share of requests that fail for reasons of its own. */
  readonly errorRatio: number;
  /** From outside the corner. */
  readonly requestsPerSecond: number;
  readonly calls: readonly CornerCall[];
  readonly instances: readonly CornerInstance[];
  /** Names to look it up by, beside its own. */
  readonly vips?: readonly string[];
  /** It is a gateway, and divides these of its calls over the instances of whom they are for, in their order. */
  readonly divides?: { readonly to: string; readonly path: string; readonly weights: readonly number[] };
}

/** A call for each of some requests, through a breaker that is named after whom it guards. */
export interface CornerCall {
  readonly to: string;
  /** As the caller's program names it: where it differs from the name, the service is not one of the corner's. */
  readonly host: string;
  readonly method: string;
  readonly uri: string;
  readonly perRequest: number;
  /** Where whoever is called is not of the corner. */
  readonly medianMs?: number;
}

export interface CornerInstance {
  readonly id: string;
  readonly zone: string;
  readonly version: string;
  /** How much more than its siblings it is called. */
  readonly weight?: number;
  /** Registered, while nothing listens any more. */
  readonly isGone?: true;
}

/** The name by which the shop calls pricing. */
export const pricingHost = 'pricing.partners.example.com';
/** Calls of pricing for each request of the shop's catalog. */
export const pricingPerCatalog = 0.1;

const callTo = (to: string, uri: string, perRequest: number, more: Partial<CornerCall> = {}): CornerCall => ({
  to,
  host: to,
  method: 'GET',
  uri,
  perRequest,
  ...more,
});

const pair = (name: string, version: string): CornerInstance[] =>
  ['west', 'east'].map((zone) => ({ id: `${name}-${zone}-1`, zone, version }));

/**
 * What partners of the shop use, callers before those that they call. One instance of pricing is called far more than its
 * siblings, one of invoices has died without a word, and of vouchers other versions run than the second data centre knows.
 */
export const partners: readonly CornerService[] = [
  {
    name: 'partner-gateway',
    team: 'team-partners',
    method: 'GET',
    uri: '/**',
    medianMs: 3,
    errorRatio: 0.0004,
    requestsPerSecond: 36,
    calls: [
      callTo('pricing', '/prices/{sku}', 0.4),
      callTo('customers', '/customers/{id}', 0.38),
      callTo('returns', '/returns', 0.16, { method: 'POST' }),
      callTo('invoices', '/invoices/{number}', 0.06),
    ],
    divides: { to: 'returns', path: '/returns/**', weights: [90, 10] },
    instances: pair('partner-gateway', '2.3.1'),
  },
  {
    name: 'pricing',
    team: 'team-pricing',
    method: 'GET',
    uri: '/prices/{sku}',
    medianMs: 9,
    errorRatio: 0.0006,
    // What the shop's catalog asks of it.
    requestsPerSecond: 188 * pricingPerCatalog,
    calls: [callTo('discounts', '/discounts/{sku}', 1)],
    instances: [
      { id: 'pricing-west-1', zone: 'west', version: '7.2.0', weight: 6 },
      { id: 'pricing-west-2', zone: 'west', version: '7.2.0' },
      { id: 'pricing-east-1', zone: 'east', version: '7.2.0' },
    ],
    vips: [pricingHost],
  },
  {
    name: 'customers',
    team: 'team-customers',
    method: 'GET',
    uri: '/customers/{id}',
    medianMs: 12,
    errorRatio: 0.0008,
    requestsPerSecond: 0,
    calls: [
      callTo('vouchers', '/vouchers/{customer}', 0.4),
      callTo('notification', '/messages', 0.2, { method: 'POST' }),
      callTo('loyalty', '/loyalty', 0.5, { host: 'loyalty.service.dc2.consul', medianMs: 18 }),
    ],
    instances: pair('customers', '4.0.2'),
  },
  {
    name: 'returns',
    team: 'team-customers',
    method: 'POST',
    uri: '/returns',
    medianMs: 11,
    errorRatio: 0.0004,
    requestsPerSecond: 0,
    calls: [
      callTo('refunds', '/refunds', 1, {
        host: 'refunds.shop.svc.cluster.local',
        method: 'POST',
        medianMs: 64,
      }),
    ],
    instances: [
      { id: 'returns-west-1', zone: 'west', version: '1.14.0' },
      { id: 'returns-east-1', zone: 'east', version: '1.15.0' },
    ],
  },
  {
    name: 'discounts',
    team: 'team-pricing',
    method: 'GET',
    uri: '/discounts/{sku}',
    medianMs: 6,
    errorRatio: 0.003,
    requestsPerSecond: 0,
    calls: [],
    instances: [
      { id: 'discounts-west-1', zone: 'west', version: '3.9.1' },
      { id: 'discounts-east-1', zone: 'east', version: '4.0.0' },
    ],
  },
  {
    name: 'vouchers',
    team: 'team-loyalty',
    method: 'GET',
    uri: '/vouchers/{customer}',
    medianMs: 7,
    errorRatio: 0.0005,
    requestsPerSecond: 0,
    calls: [],
    instances: pair('vouchers', 'v2'),
  },
  {
    name: 'notification',
    team: 'team-customers',
    method: 'POST',
    uri: '/messages',
    medianMs: 21,
    errorRatio: 0.0003,
    requestsPerSecond: 0,
    calls: [],
    instances: pair('notification', '2.8.5'),
  },
  {
    name: 'invoices',
    team: 'team-finance',
    method: 'GET',
    uri: '/invoices/{number}',
    medianMs: 16,
    errorRatio: 0.0002,
    requestsPerSecond: 0,
    calls: [],
    instances: [
      { id: 'invoices-west-1', zone: 'west', version: '1.2.7' },
      { id: 'invoices-east-1', zone: 'east', version: '1.2.7', isGone: true },
    ],
  },
];

/** How the corner's programs set up their breakers. */
export const partnerRules: BreakerRules = {
  threshold: 50,
  slidingWindowSize: 40,
  minimumNumberOfCalls: 20,
  waitInOpenMs: 10_000,
  permittedInHalfOpen: 5,
};
