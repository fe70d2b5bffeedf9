import { expect, test } from 'vitest';
import type { ReadEdges } from './chooseEdges.ts';
import type { Edge } from './foldEdge.ts';
import { whoseFigures } from './whoseFigures.ts';

const reading = (source: string, ...rates: readonly number[]): ReadEdges => ({
  observation: { source },
  edges: new Map(
    rates.map((requestsPerSecond, i) => {
      const id = `c/shop/caller${i}→c/shop/pay`;
      const edge: Edge = {
        ...{ id, callerId: `c/shop/caller${i}`, calleeId: 'c/shop/pay', windowSeconds: 60 },
        ...{ protocols: new Set(['http'] as const), asynchronous: false, reportedByCallee: false },
        ...{ tally: { requestsPerSecond, failedPerSecond: 0, histograms: [] }, versions: new Map() },
        ...{ flags: {}, neverArrivedRatio: null, forbiddenRatio: 0 },
      };
      return [id, edge];
    }),
  ),
});

test.each([
  ['the best of those that counted as much', [reading('mesh', 6, 4), reading('server', 10.5)], 10, 'mesh'],
  ['who counted all where the best counted some', [reading('mesh', 6), reading('server', 10)], 10, 'server'],
  ['the nearest where nobody counted all', [reading('mesh', 6), reading('client', 4)], 10, 'mesh'],
  ['nobody where only one reads', [reading('mesh', 10)], 10, null],
  ['nobody where none knows it', [reading('mesh'), reading('client')], 0, null],
])('figures are of %s', (_, readings, requests, source) => {
  expect(whoseFigures(readings, 'c/shop/pay', requests)).toBe(source);
});
