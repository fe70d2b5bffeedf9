import { expect, test } from 'vitest';
import { splitOf } from '../../test/support/splits.ts';
import { roundedSignals } from '../analysis/tally.ts';
import type { GraphService } from '../model/graph.ts';
import { defaultSettings } from '../model/settings.ts';
import type { ServiceSignals, Signals } from '../model/signals.ts';
import type { SplitDestination } from '../model/weights.ts';
import { forecastPlan } from './planForecast.ts';

const changedAt = 1_000_000;
const figures = (requestsPerSecond: number): Signals => ({
  requestsPerSecond,
  failedPerSecond: 0,
  errorRatio: 0,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
});
const service: GraphService = {
  id: 'c1/shop/payment',
  connectionId: 'c1',
  kind: 'service',
  name: 'payment',
  namespace: 'shop',
  owner: null,
  hosts: ['payment'],
  versions: [],
  readyInstances: 4,
  desiredInstances: 4,
  recentRestarts: null,
  createdAt: null,
};

const counted: ServiceSignals = {
  ...figures(100),
  health: 'healthy',
  reasons: [],
  versions: { v1: figures(90), v2: figures(10) },
};
/** As it is folded where nothing counts calls to it. */
const uncounted: ServiceSignals = { ...roundedSignals(null), health: 'unknown', reasons: [], versions: {} };

interface Beside {
  /** What is different of the destinations. */
  readonly destinations: readonly Partial<SplitDestination>[];
  readonly serviceOfHost: (host: string) => GraphService | null;
  /** Of the service itself. */
  readonly own: ServiceSignals;
  readonly more: readonly (readonly [string, ServiceSignals])[];
}

function outlookAfter(ms: number, beside: Partial<Beside> = {}) {
  const made = splitOf([90, 10], { changedBy: { who: 'ben', at: changedAt } });
  const split = {
    ...made,
    destinations: made.destinations.map((one, i) => ({ ...one, ...beside.destinations?.[i] })),
  };
  return forecastPlan({
    operation: {
      kind: 'setWeights',
      splitId: split.id,
      connectionId: 'c1',
      weights: [80, 20],
      seen: { revision: '7', weights: [90, 10] },
    },
    isUndo: false,
    write: { split, direction: null },
    service,
    folded: {
      calls: [],
      callSignals: new Map(),
      serviceSignals: new Map([[service.id, beside.own ?? counted], ...(beside.more ?? [])]),
      extraServices: [],
      problems: [],
    },
    taken: [{ observedAt: changedAt + ms, windowSeconds: 60 }],
    now: changedAt + ms,
    health: defaultSettings.health,
    callers: [],
    held: [],
    serviceOfHost: beside.serviceOfHost ?? (() => null),
    where: { title: 'prod', environment: 'production' },
  });
}

test('rates that are in part older than the last change are told as such, beside what is judged by them', () => {
  const caution = 'payment was changed 12 s ago; the figures cover 60 s, so part of them is older.';
  const { sentences, guards } = outlookAfter(12_000);
  expect(sentences.at(-1)).toBe(caution);
  expect(guards).toMatchObject([
    { id: 'direction', verdict: 'pass', detail: 'Judged in part by calls from before the last change.' },
  ]);
});

test('rates of since the last change need no word', () => {
  const { sentences, guards } = outlookAfter(61_000);
  expect(sentences.join()).not.toContain('ago');
  expect(guards).toMatchObject([{ id: 'direction', detail: null }]);
});

test('a destination that is a service of its own is judged by its own figures', () => {
  const canary: GraphService = { ...service, id: 'c1/shop/payment-canary', name: 'payment-canary' };
  const failing = { ...figures(10), failedPerSecond: 8, errorRatio: 0.8 };
  const host = 'payment-canary.shop.svc.cluster.local';
  const { guards } = outlookAfter(61_000, {
    destinations: [{}, { host, title: 'payment-canary', version: null, subset: null }],
    serviceOfHost: (name) => (name === host ? canary : null),
    more: [[canary.id, { ...failing, health: 'failing', reasons: [], versions: {} }]],
  });
  expect(guards).toMatchObject([
    { verdict: 'typeName', title: expect.stringContaining('payment-canary') as unknown },
  ]);
});

test('what nothing counts is not told to be well, and asks no more for it', () => {
  const { sentences, guards } = outlookAfter(12_000, { own: uncounted });
  expect(sentences).toEqual([expect.stringContaining('No calls are measured now')]);
  expect(guards).toEqual([
    {
      id: 'direction',
      verdict: 'pass',
      title: 'Whether v2 is failing is not known: no calls counted there',
      detail: null,
    },
  ]);
});

test('a version that gets more is not judged by the figures of the other', () => {
  const { guards } = outlookAfter(61_000, { own: { ...counted, versions: { v1: figures(90) } } });
  expect(guards).toMatchObject([{ verdict: 'pass', title: expect.stringContaining('v2') as unknown }]);
  expect(outlookAfter(61_000).guards).toMatchObject([
    { verdict: 'pass', title: 'No version that gets more traffic is failing now' },
  ]);
});

test('a service of its own that nothing counts is named as not known', () => {
  const canary: GraphService = { ...service, id: 'c1/shop/payment-canary', name: 'payment-canary' };
  const { guards } = outlookAfter(61_000, {
    destinations: [{}, { host: 'canary', title: 'payment-canary', version: null, subset: null }],
    serviceOfHost: (name) => (name === 'canary' ? canary : null),
    more: [[canary.id, uncounted]],
  });
  expect(guards).toMatchObject([
    { verdict: 'pass', title: expect.stringContaining('payment-canary is failing is not known') as unknown },
  ]);
});
