import { expect, test } from 'vitest';
import type { GraphCall, GraphService } from '../../shared/model/graph.ts';
import type { CallSignals, ServiceSignals } from '../../shared/model/signals.ts';
import type { FilterState } from './filters.ts';
import { shownOf } from './shown.ts';

const serviceOf = (id: string): [string, GraphService] => [
  id,
  {
    id,
    connectionId: 'c',
    kind: 'service',
    name: id,
    namespace: 'shop',
    owner: null,
    hosts: [],
    versions: [],
    readyInstances: 1,
    desiredInstances: 1,
    recentRestarts: null,
    createdAt: null,
  },
];
const callOf = (callerId: string, calleeId: string): [string, GraphCall] => [
  `${callerId}→${calleeId}`,
  { id: `${callerId}→${calleeId}`, callerId, calleeId, protocols: ['http'], asynchronous: false },
];
const figures = {
  requestsPerSecond: 5,
  failedPerSecond: 0,
  errorRatio: 0,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
};
const callSignalsOf = (requestsPerSecond: number): CallSignals => ({
  ...figures,
  requestsPerSecond,
  health: 'healthy',
  flags: {},
  neverArrivedRatio: null,
  forbiddenRatio: null,
});
const failing: ServiceSignals = { ...figures, health: 'failing', reasons: [], versions: {} };

const services = new Map(['edge', 'order', 'payment', 'lonely'].map(serviceOf));
const calls = new Map([callOf('edge', 'order'), callOf('order', 'payment')]);
const none: FilterState = { queries: [], hideIdle: false, focus: null, path: null };
const input = {
  services,
  calls,
  serviceSignals: new Map([['payment', failing]]),
  callSignals: new Map([
    ['edge→order', callSignalsOf(4)],
    ['order→payment', callSignalsOf(0)],
  ]),
  filters: none,
  held: new Set<string>(),
  now: 0,
};

test('without filters everything is shown', () => {
  expect(shownOf(input)).toEqual({
    services: ['edge', 'lonely', 'order', 'payment'],
    calls: ['edge→order', 'order→payment'],
  });
});

test('hide idle leaves those with traffic', () => {
  const shown = shownOf({ ...input, filters: { ...none, hideIdle: true } });
  expect(shown).toEqual({ services: ['edge', 'order'], calls: ['edge→order'] });
});

test('focus keeps what lies within the hops', () => {
  const focus = { serviceId: 'payment', hops: 1 };
  expect(shownOf({ ...input, filters: { ...none, focus } }).services).toEqual(['order', 'payment']);
});

test('a find expression filters, and a call goes with its end', () => {
  const shown = shownOf({ ...input, filters: { ...none, queries: ['health:failing'] } });
  expect(shown).toEqual({ services: ['payment'], calls: [] });
});

test('a focus on a service that is gone shows everything', () => {
  const focus = { serviceId: 'gone', hops: 1 };
  expect(shownOf({ ...input, filters: { ...none, focus } }).services).toHaveLength(4);
});

test('a path keeps the services on the way, and its ends alone where calls lead no more', () => {
  const path = { from: 'edge', to: 'payment' };
  expect(shownOf({ ...input, filters: { ...none, path } })).toEqual({
    services: ['edge', 'order', 'payment'],
    calls: ['edge→order', 'order→payment'],
  });
  const apart = { from: 'edge', to: 'lonely' };
  expect(shownOf({ ...input, filters: { ...none, path: apart } })).toEqual({
    services: ['edge', 'lonely'],
    calls: [],
  });
});

test('the word held leaves the services whose calls an operator holds', () => {
  const held = new Set(['payment']);
  const shown = (query: string) =>
    shownOf({ ...input, held, filters: { ...none, queries: [query] } }).services;
  expect(shown('held')).toEqual(['payment']);
  expect(shown('-held')).not.toContain('payment');
});
