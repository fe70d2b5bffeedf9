import { expect, test } from 'vitest';
import type { GraphService } from '../../../shared/model/graph.ts';
import type { Split } from '../../../shared/model/weights.ts';
import { colourNames, type Colours, mapAsSvg } from './exportSvg.ts';

const colours = Object.fromEntries(colourNames.map((name) => [name, '#123456'])) as Colours;
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
const drawingOf = (name: string, splits: readonly Split[] = []) =>
  mapAsSvg({
    picture: { nodes: [{ id: 'a', position: { x: 10, y: 20 }, height: 58 }], calls: [], containers: [] },
    services: new Map([['a', service(name)]]),
    calls: new Map(),
    splits,
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
