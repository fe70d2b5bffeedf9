import { expect, test } from 'vitest';
import type { GraphService } from '../../../shared/model/graph.ts';
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
const drawingOf = (name: string) =>
  mapAsSvg({
    picture: { nodes: [{ id: 'a', position: { x: 10, y: 20 }, height: 58 }], calls: [], containers: [] },
    services: new Map([['a', service(name)]]),
    calls: new Map(),
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
