import { describe, expect, it } from 'vitest';
import { createTestFleet, divided, subsets, type TestFleet } from './testFleet.ts';

const sent = { reporter: 'source', source_workload: 'front' };
const only = (subset: string, match?: readonly object[]): Record<string, unknown> => ({
  ...(match === undefined ? {} : { match }),
  route: [{ destination: { host: 'back', subset } }],
});

const audiences = [
  { share: 0.2, headers: { 'x-user-group': 'beta', cookie: 'lang=en; group=beta' } },
  { share: 0.1, headers: { cookie: 'lang=de; canary=always' } },
];

/** The share of what `caller` sends that goes to v2 under these routes. */
function shareOfV2(fleet: TestFleet, routes: readonly Record<string, unknown>[], caller = 'front'): number {
  fleet.rule({ subsets });
  fleet.route(...routes);
  fleet.pass(1);
  fleet.mark();
  fleet.pass(20);
  const from = { reporter: 'source', source_workload: caller };
  return fleet.count({ ...from, destination_version: 'v2' }) / fleet.count(from);
}

describe('a route by what the request carries', () => {
  const fleet = (): TestFleet => createTestFleet({ audiences });
  it.each([
    ['a header, exactly', { headers: { 'x-user-group': { exact: 'beta' } } }, 0.2],
    ['a header by its start', { headers: { 'X-User-Group': { prefix: 'be' } } }, 0.2],
    ['a header that is there at all', { headers: { 'x-user-group': {} } }, 0.2],
    [
      'a cookie, by a pattern over the whole header',
      { headers: { cookie: { regex: '(.*; )?canary=always(;.*)?' } } },
      0.1,
    ],
    ['a pattern that fits a part only', { headers: { cookie: { regex: 'canary' } } }, 0],
    ['the absence of a header', { withoutHeaders: { cookie: {} } }, 0.7],
    ['header and path together', { headers: { cookie: {} }, uri: { prefix: '/ba' } }, 0.3],
    ['a path in any case', { uri: { exact: '/BACK' }, ignoreUriCase: true }, 1],
    ['another path', { uri: { exact: '/BACK' } }, 0],
    ['a method', { method: { exact: 'GET' } }, 1],
    ['another method', { method: { exact: 'POST' } }, 0],
    ['a port', { port: 8080 }, 1],
    ['a query, which no request has', { queryParams: { beta: { exact: '1' } } }, 0],
  ])('takes %s', (_, match, share) => {
    expect(shareOfV2(fleet(), [only('v2', [match]), only('v1')])).toBeCloseTo(share, 1);
  });

  it('takes what any of several blocks describes', () => {
    const match = [
      { headers: { 'x-user-group': { exact: 'beta' } } },
      { headers: { cookie: { prefix: 'lang=de' } } },
    ];
    expect(shareOfV2(fleet(), [only('v2', match), only('v1')])).toBeCloseTo(0.3, 1);
  });

  it('takes nothing when an earlier route has it', () => {
    expect(shareOfV2(fleet(), [only('v1'), only('v2', [{ uri: { prefix: '/' } }])])).toBe(0);
  });

  it('is followed for the calls of the calls too, because programs pass headers on', () => {
    const beta = { headers: { 'x-user-group': { exact: 'beta' } } };
    const own = fleet();
    expect(shareOfV2(own, [only('v2', [beta]), only('v1')])).toBeCloseTo(0.2, 1);
    expect(own.count({ reporter: 'destination', source_workload: 'front', destination_version: 'v2' })).toBe(
      own.count({ ...sent, destination_version: 'v2' }),
    );
  });

  it('answers 404 NR where no route takes a request', () => {
    const own = fleet();
    own.rule({ subsets });
    own.route(only('v2', [{ headers: { 'x-user-group': { exact: 'beta' } } }]));
    own.pass(1);
    own.mark();
    own.pass(10);
    const refused = own.count({ ...sent, response_code: '404', response_flags: 'NR' });
    expect(refused / own.count(sent)).toBeCloseTo(0.8, 1);
  });
});

describe('a route by who asks', () => {
  const fleet = (): TestFleet => createTestFleet({ otherPerSecond: 50 });
  it.each([
    ['labels of the caller', { sourceLabels: { app: 'other' } }, 0, 1],
    ['the caller’s namespace', { sourceNamespace: 'test' }, 1, 1],
    ['another namespace', { sourceNamespace: 'elsewhere' }, 0, 0],
    ['the mesh among gateways', { gateways: ['edge/public', 'mesh'] }, 1, 1],
    ['a gateway alone, which sidecars never get', { gateways: ['edge/public'] }, 0, 0],
  ])('takes %s', (_, match, ofFront, ofOther) => {
    const own = fleet();
    expect(shareOfV2(own, [only('v2', [match]), only('v1')])).toBe(ofFront);
    const other = { reporter: 'source', source_workload: 'other' };
    expect(own.count({ ...other, destination_version: 'v2' }) / own.count(other)).toBe(ofOther);
  });
});

describe('a route to elsewhere', () => {
  it('diverts: the calls are counted under the host that they went to', () => {
    const fleet = createTestFleet();
    fleet.route({ route: [{ destination: { host: 'spare' } }] });
    fleet.pass(1);
    fleet.mark();
    fleet.pass(10);
    expect(fleet.count({ ...sent, destination_service_name: 'spare', response_code: '200' })).toBe(
      fleet.count(sent),
    );
    expect(fleet.count({ reporter: 'destination', destination_workload: 'spare' })).toBe(fleet.count(sent));
  });

  it.each([
    ['mirror', { mirror: { host: 'spare' }, mirrorPercentage: { value: 40 } }],
    ['mirrors', { mirrors: [{ destination: { host: 'spare' }, percentage: { value: 40 } }] }],
  ])(
    'copies a share of the requests as %s says: counted there, and answered by the one they went to',
    (_, more) => {
      const fleet = createTestFleet({ back: { errorRatio: 0 } });
      fleet.rule({ subsets });
      fleet.route({ ...divided(100, 0), ...more });
      fleet.pass(1);
      fleet.mark();
      fleet.pass(20);
      const total = fleet.count(sent);
      const copies = fleet.count({
        reporter: 'destination',
        source_workload: 'front',
        destination_workload: 'spare',
        destination_service_name: 'spare',
      });
      expect(copies / total).toBeCloseTo(0.4, 1);
      expect(fleet.count({ ...sent, destination_workload: 'back-v1', response_code: '200' })).toBe(total);
    },
  );

  it('copies everything where no percentage is said, and nobody minds that the copies fail', () => {
    const fleet = createTestFleet();
    for (const { metadata } of fleet.store.list('pods', 'test')) {
      if (metadata.labels?.['app'] === 'spare') fleet.store.remove('pods', 'test', metadata.name);
    }
    fleet.rule({ subsets });
    fleet.route({ ...divided(100, 0), mirror: { host: 'spare' } });
    fleet.pass(1);
    fleet.mark();
    fleet.pass(5);
    expect(fleet.count({ ...sent, response_code: '200' })).toBe(fleet.count(sent));
  });
});

describe('two documents that claim a host', () => {
  const claim = (fleet: TestFleet, name: string, createdAt: string, subset: string): void => {
    fleet.store.put({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name, namespace: 'test', creationTimestamp: createdAt },
      spec: { hosts: ['back'], http: [only(subset)] },
    });
  };

  it.each([
    ['the older is followed', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['of the same second, the first by name is followed', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ])('%s', (_, firstAt, secondAt) => {
    const fleet = createTestFleet();
    fleet.rule({ subsets });
    claim(fleet, 'alpha', firstAt, 'v1');
    claim(fleet, 'beta', secondAt, 'v2');
    fleet.pass(1);
    fleet.mark();
    fleet.pass(5);
    const followed = firstAt === secondAt ? 'v1' : 'v2';
    expect(fleet.count({ ...sent, destination_version: followed })).toBe(fleet.count(sent));
  });
});
