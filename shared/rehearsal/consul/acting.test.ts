import { readFileSync } from 'node:fs';
import { beforeEach, afterEach, describe, expect, test } from 'vitest';
import { createShop } from '../fleet/shop.ts';
import { createObjectStore } from '../kube/store.ts';
import { seedStore } from '../seeding.ts';
import { createDataCentre, type DataCentre } from './dataCentre.ts';
import { normalised } from './entryRules.ts';
import { consulFamilies } from './envoyMetrics.ts';
import { putCheck } from './registering.ts';

const opensAt = 1_790_000_000_000;
let now = opensAt;
let centre: DataCentre;
let before = new Map<object, number>();

beforeEach(() => {
  now = opensAt;
  const shop = createObjectStore();
  seedStore(shop, createShop(opensAt).objects);
  centre = createDataCentre({ shop, seed: 1, now: () => now, historyMs: 10_000, scrapeMs: 5_000, keep: 20 });
});
afterEach(() => centre.close());

/** Puts an entry, and lets it reach the proxies. */
function put(Kind: string, Name: string, rest: object): void {
  centre.state.putEntry(Kind, Name, normalised({ Kind, Name, ...rest }));
  pass(1);
}

/** Lets seconds pass, and counts from their beginning. */
function pass(seconds: number): void {
  before = new Map(centre.traffic.counters.requests().map((row) => [row, row.count]));
  now += seconds * 1_000;
  centre.advance(now);
}

/** Who answered the calls of a caller: `service version`, or the code with the proxy's flag. */
function answers(caller: string, ...services: readonly string[]): string[] {
  const found = new Set<string>();
  for (const row of centre.traffic.counters.requests()) {
    const { labels, count } = row;
    if (labels['reporter'] !== 'source' || labels['source_canonical_service'] !== caller) continue;
    const service = labels['destination_service']?.split('.')[0] ?? '';
    const code = labels['response_code'] ?? '';
    // A few fail by themselves.
    if (count === (before.get(row) ?? 0) || code === '500' || !services.includes(service)) continue;
    const flags = labels['response_flags'] ?? '';
    found.add(
      code === '200'
        ? `${labels['destination_canonical_service']} ${labels['destination_version']}`
        : `${service} ${code} ${flags}`,
    );
  }
  return [...found].sort();
}

const upstream = (Name: string, rest: object) => ({
  Protocol: 'http',
  UpstreamConfig: { Overrides: [{ Name, ...rest }] },
});
const none = { MaxConnections: 0, MaxPendingRequests: 0, MaxConcurrentRequests: 0 };
const subsets = {
  v1: { Filter: 'Service.Meta.version == v1' },
  v2: { Filter: 'Service.Meta.version == v2' },
};
/** Lets order call points too: where it is sent there, the intentions of points decide. */
const letOrderIn = () => put('service-intentions', 'points', { Sources: [{ Name: '*', Action: 'allow' }] });
const toLoyalty = () => answers('order', 'loyalty', 'points', 'vouchers');

describe('an entry acts on the calls of the second data centre', () => {
  test('limits of a caller: its own calls are refused, and those of others are not', () => {
    put('service-defaults', 'order', upstream('loyalty', { Limits: none }));
    pass(5);
    expect(toLoyalty()).toEqual(['loyalty 503 UO']);
    expect(answers('refunds', 'points')).toEqual(['points v1']);
    put('service-defaults', 'order', { Protocol: 'http' });
    pass(5);
    expect(toLoyalty()).toEqual(['loyalty v1', 'loyalty v2']);
  });

  test('defaults for all upstreams, which an override replaces as a whole', () => {
    const config = { Defaults: { Limits: { MaxConcurrentRequests: 0 } } };
    put('service-defaults', 'loyalty', { Protocol: 'http', UpstreamConfig: config });
    pass(5);
    expect(answers('loyalty', 'points', 'vouchers')).toEqual(['points 503 UO', 'vouchers 503 UO']);
    const Overrides = [{ Name: 'points', Limits: { MaxConnections: 50 } }, { Name: 'vouchers' }];
    put('service-defaults', 'loyalty', { Protocol: 'http', UpstreamConfig: { ...config, Overrides } });
    pass(5);
    expect(answers('loyalty', 'points', 'vouchers')).toEqual(['points v1', 'vouchers 503 UO']);
  });

  test('a router: by path, by header, and for everything else the weights', () => {
    const header = { Name: 'x-user-group', Exact: 'beta' };
    put('service-router', 'loyalty', {
      Routes: [
        { Match: { HTTP: { PathExact: '/elsewhere' } }, Destination: { Service: 'vouchers' } },
        { Match: { HTTP: { Header: [header] } }, Destination: { Service: 'points' } },
      ],
    });
    pass(10);
    expect(toLoyalty()).toEqual(['loyalty v1', 'loyalty v2', 'points 403 -']);
    letOrderIn();
    pass(10);
    expect(toLoyalty()).toEqual(['loyalty v1', 'loyalty v2', 'points v1']);
    const http = { PathExact: '/loyalty', Header: [{ ...header, Invert: true }] };
    put('service-router', 'loyalty', {
      Routes: [{ Match: { HTTP: http }, Destination: { Service: 'points' } }],
    });
    pass(10);
    expect(toLoyalty()).toEqual(['loyalty v1', 'loyalty v2', 'points v1']);
    put('service-router', 'loyalty', {
      Routes: [{ Match: { HTTP: { PathPrefix: '/' } }, Destination: { ServiceSubset: 'v2' } }],
    });
    pass(5);
    expect(toLoyalty()).toEqual(['loyalty v2']);
    put('service-router', 'loyalty', { Routes: [{ Destination: { Service: 'nobody' } }] });
    pass(5);
    expect(answers('order', 'nobody')).toEqual(['nobody 503 UH']);
  });

  test('a failover: once no instance of a version is healthy, another answers in its name', () => {
    letOrderIn();
    put('service-resolver', 'loyalty', { Subsets: subsets, Failover: { v1: { Service: 'points' } } });
    pass(5);
    expect(toLoyalty()).toEqual(['loyalty v1', 'loyalty v2']);
    for (const { id, name, node, body } of centre.state.services())
      if (name === 'loyalty' && JSON.stringify(body).includes('"v1"'))
        putCheck(centre.state, node, {
          id: `service:${id}`,
          name: 'check',
          status: 'critical',
          output: '',
          type: 'http',
          service: { id, name },
        });
    pass(1);
    pass(5);
    expect(toLoyalty()).toEqual(['loyalty v2', 'points v1']);
    const targets = valuesOf('envoy_cluster_upstream_rq_total', 'order').map(
      ({ labels }) => labels['consul_destination_target'],
    );
    expect(targets).toContain('failover-target~1~v1.loyalty.default.dc2');
  });

  test('a redirect: all calls go to another service, and are counted as that one’s', () => {
    put('service-resolver', 'vouchers', { Redirect: { Service: 'points' } });
    pass(5);
    expect(answers('loyalty', 'vouchers', 'points')).toEqual(['points v1']);
  });

  test('an intention: one caller is denied by the callee, and whom none names is too', () => {
    const Sources = [
      { Name: 'loyalty', Action: 'deny' },
      { Name: '*', Action: 'allow' },
    ];
    put('service-intentions', 'points', { Sources });
    pass(5);
    expect(answers('loyalty', 'points')).toEqual(['points 403 -']);
    expect(answers('refunds', 'points')).toEqual(['points v1']);
    const Permissions = [{ Action: 'allow', HTTP: { PathPrefix: '/points', Methods: ['GET'] } }];
    put('service-intentions', 'points', { Sources: [{ Name: 'loyalty', Permissions }] });
    pass(5);
    expect(answers('loyalty', 'points')).toEqual(['points v1']);
    expect(answers('refunds', 'points')).toEqual(['points 403 -']);
  });

  test('a health check of a caller takes out what fails, for as long as it says', () => {
    const PassiveHealthCheck = {
      Interval: '1s',
      MaxFailures: 1,
      MaxEjectionPercent: 100,
      BaseEjectionTime: '30s',
    };
    put('service-defaults', 'loyalty', upstream('points', { PassiveHealthCheck }));
    pass(50);
    pass(50);
    pass(50);
    const ejected = valuesOf('envoy_cluster_outlier_detection_ejections_enforced_total', 'loyalty');
    expect(Math.max(...ejected.map(({ value }) => value))).toBeGreaterThan(0);
    expect(
      valuesOf('envoy_cluster_outlier_detection_ejections_enforced_total', 'refunds').every(
        ({ value }) => value === 0,
      ),
    ).toBe(true);
  });
});

test('a refused call is reported under the names and labels that a real sidecar gives it', () => {
  put('service-defaults', 'order', upstream('loyalty', { Limits: none }));
  pass(5);
  expect(namesLike('consul-overflow')).toEqual([
    'envoy_cluster_upstream_rq',
    'envoy_cluster_upstream_rq_pending_overflow',
  ]);
});

test('and so are calls that another service answers while a version is out', () => {
  letOrderIn();
  const Failover = { '*': { Service: 'points' } };
  put('service-resolver', 'loyalty', { DefaultSubset: 'v1', Subsets: subsets, Failover });
  pass(5);
  expect(new Set(namesLike('consul-failover'))).toEqual(
    new Set(['envoy_cluster_upstream_rq_total', 'envoy_cluster_outlier_detection_ejections_active']),
  );
});

/** Names of a real sidecar's figures that ours has with all the same labels; codes but for 503 come as they come. */
function namesLike(fixture: string): string[] {
  const { response } = JSON.parse(
    readFileSync(new URL(`../../../test/fixtures/envoy/${fixture}.json`, import.meta.url), 'utf8'),
  ) as { readonly response: { readonly body: string } };
  const lines = response.body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  expect(lines.length).toBeGreaterThan(1);
  return lines.flatMap((line) => {
    const [, name = '', inside = ''] = /^(\w+)\{(.*)\} /.exec(line) ?? [];
    const labels = new Map(
      [...inside.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value] as const),
    );
    if ((labels.get('envoy_response_code') ?? '503') !== '503') return [];
    const ours = valuesOf(name, 'order').find(
      (one) =>
        asInDc1(one.labels['consul_destination_target'] ?? '') === labels.get('consul_destination_target') &&
        one.labels['envoy_response_code'] === labels.get('envoy_response_code'),
    );
    // A Prometheus adds these two by itself.
    const { job: _, instance: _instance, ...told } = ours?.labels ?? {};
    for (const [label, value] of Object.entries(told))
      expect(asInDc1(value), `${name} ${label}`).toBe(labels.get(label));
    return ours === undefined ? [] : [name];
  });
}

const asInDc1 = (value: string): string => value.replace('dc2', 'dc1').replace('loyalty', 'payment');

function valuesOf(name: string, caller: string) {
  const family = consulFamilies(centre.state, centre.traffic).find((one) => one.name === name);
  return [...(family?.samples ?? [])].filter(({ labels }) => labels['consul_source_service'] === caller);
}
