import { expect, test } from 'vitest';
import { chooseEdges, type ReadEdges } from './chooseEdges.ts';
import type { Edge } from './foldEdge.ts';

/** A reading of one call; null where only its connections were counted. */
const reading = (evidence: 'serviceGraph' | 'client', requestsPerSecond: number | null): ReadEdges => {
  const id = 'c/shop/web→c/shop/pay';
  const edge: Edge = {
    ...{ id, callerId: 'c/shop/web', calleeId: 'c/shop/pay', windowSeconds: 60 },
    ...{ protocols: new Set(['http'] as const), asynchronous: false, reportedByCallee: false },
    tally: requestsPerSecond === null ? null : { requestsPerSecond, failedPerSecond: 0, histograms: [] },
    ...{ versions: new Map(), flags: {}, neverArrivedRatio: null, forbiddenRatio: 0 },
  };
  return { observation: { source: evidence, evidence }, edges: new Map([[id, edge]]) };
};

test.each([
  ['counts far more', 1, 10, 10],
  ['counts as much', 10, 10.4, 10],
  ['alone has a rate, however small', null, 0.05, 0.05],
  ['has no rate', 3, null, 3],
  ['has none either', null, null, null],
])('beside traces, a caller that %s', (_, traced, counted, expected) => {
  const { edges } = chooseEdges([reading('serviceGraph', traced), reading('client', counted)], 'c//unknown');
  expect([...edges.values()].map(({ tally }) => tally?.requestsPerSecond ?? null)).toEqual([expected]);
});
