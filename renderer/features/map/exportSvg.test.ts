import { expect, test } from 'vitest';
import type { GraphCall, GraphService } from '../../../shared/model/graph.ts';
import type { HeldTrip } from '../../../shared/model/trip.ts';
import type { Split } from '../../../shared/model/weights.ts';
import { mapAsJson } from './exportJson.ts';
import { colourNames, type Colours, mapAsSvg } from './exportSvg.ts';

const colours = Object.fromEntries(colourNames.map((name) => [name, `#${name}`])) as Colours;
const service = (name: string): GraphService => ({
  id: name,
  connectionId: 'c',
  kind: 'service',
  name,
  namespace: 'shop',
  owner: null,
  createdAt: null,
  readyInstances: 2,
  desiredInstances: 2,
  versions: [],
  recentRestarts: null,
  hosts: [],
});
const trip = (caller: HeldTrip['caller']): HeldTrip => ({
  id: 't1',
  connectionId: 'c',
  document: { connectionId: 'c', apiVersion: 'v1', kind: 'Route', namespace: 'shop', name: 'p', uid: 'u' },
  revision: '1',
  host: 'payment',
  calleeId: 'a',
  caller,
  mechanism: { kind: 'refuse', status: 503 },
  until: Date.UTC(2026, 0, 2, 14, 5),
  since: null,
  by: 'ana',
  reason: 'INC-1',
  operationId: 'o1',
});
const drawingOf = (name: string, splits: readonly Split[] = [], trips: readonly HeldTrip[] = []) =>
  mapAsSvg({
    picture: { nodes: [{ id: 'a', position: { x: 10, y: 20 }, height: 58 }], calls: [], containers: [] },
    services: new Map([['a', service(name)]]),
    calls: new Map(),
    splits,
    trips,
    signals: {
      services: new Map(),
      calls: new Map(),
      provenance: [
        { source: 'Prometheus', observedAt: 0, newestSampleAt: 0, windowSeconds: 60, problems: [] },
      ],
    },
    colours,
    now: Date.UTC(2026, 0, 2, 3, 4, 5),
  });

test('the picture says its time and its source', () => {
  expect(drawingOf('payment').text).toContain('2026-01-02T03:04:05.000Z · figures from Prometheus');
});

test('a hostile name stays text in the picture', () => {
  const { text } = drawingOf('<script>\u0001"&');
  expect(text).not.toContain('<script>');
  expect(text).toContain('&lt;script&gt;');
  expect(text).not.toContain('\u0001');
});

test('a service without figures is not drawn as healthy', () => {
  expect(drawingOf('payment').text).toContain('no figures');
});

test('a split is drawn in the shares it declares', () => {
  const { text } = drawingOf('payment', [splitOf([70, 30])]);
  const widths = [...text.matchAll(/width="([\d.]+)" height="8"/g)].map(([, width]) => Number(width));
  expect(widths).toEqual([105, 45]);
});

test('a held service says until when, in violet', () => {
  expect(drawingOf('payment', [], [trip(null)]).text).toMatch(/fill="#pending">held until 14:05 UTC</);
  expect(drawingOf('payment').text).not.toContain('#pending');
});

test('a held call is violet and says until when, and the call of another caller is not', () => {
  const call = (from: string): GraphCall => ({
    id: `${from}→a`,
    callerId: from,
    calleeId: 'a',
    protocols: ['http'],
    asynchronous: false,
  });
  const calls = [call('order'), call('cart')];
  const at = (id: string, x: number, y: number) => ({ id, position: { x, y }, height: 58 });
  const signals = { services: new Map(), calls: new Map(), provenance: [] };
  const services = new Map(
    [service('order'), service('cart'), { ...service('payment'), id: 'a' }].map((each) => [each.id, each]),
  );
  const trips = [trip({ namespace: 'shop', name: 'order' })];
  const { text } = mapAsSvg({
    picture: {
      nodes: [at('order', 0, 0), at('cart', 0, 200), at('a', 500, 0)],
      calls: calls.map(({ id, callerId, calleeId }) => ({ id, callerId, calleeId, label: '', held: false })),
      containers: [],
    },
    services,
    calls: new Map(calls.map((each) => [each.id, each])),
    splits: [],
    trips,
    signals,
    colours,
    now: 0,
  });
  expect([...text.matchAll(/<path [^>]*stroke="(#\w+)"/g)].map(([, stroke]) => stroke)).toEqual([
    '#pending',
    '#faint',
  ]);
  expect(text).toMatch(/stroke="#canvas" stroke-width="4">held until 14:05 UTC</);

  const shown = { services: [...services.keys()], calls: calls.map(({ id }) => id) };
  const json = JSON.parse(
    mapAsJson({
      shown,
      services,
      calls: new Map(calls.map((each) => [each.id, each])),
      trips,
      signals,
      now: 0,
    }),
  ) as { readonly calls: readonly { readonly held: unknown }[] };
  expect(json.calls.map(({ held }) => held)).toMatchObject([
    [{ until: '2026-01-02T14:05:00.000Z', by: 'ana', reason: 'INC-1' }],
    [],
  ]);
});

function splitOf(weights: readonly number[]): Split {
  return {
    id: 'uid/http/default',
    connectionId: 'c',
    document: {
      connectionId: 'c',
      apiVersion: 'v1',
      kind: 'Route',
      namespace: 'shop',
      name: 'a',
      uid: 'uid',
    },
    revision: '1',
    serviceId: 'a',
    route: { index: 0, title: 'default', match: 'all requests', protocol: 'http' },
    hosts: [],
    gateways: [],
    destinations: weights.map((weight, index) => ({
      index,
      title: `v${index + 1}`,
      host: 'a',
      subset: null,
      port: null,
      weight,
      version: null,
      readyInstances: null,
      problem: null,
    })),
    ownership: null,
    readOnly: null,
    changedBy: null,
  };
}
