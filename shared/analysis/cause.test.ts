import { expect, test } from 'vitest';
import type { GraphCall, GraphService } from '../model/graph.ts';
import type { CallSignals, ServiceSignals } from '../model/signals.ts';
import { findCause } from './cause.ts';

const service = (id: string): GraphService => ({
  id,
  connectionId: 'c',
  namespace: 'shop',
  name: id,
  kind: 'service',
  owner: null,
  hosts: [id],
  versions: [],
  readyInstances: 2,
  desiredInstances: 2,
  recentRestarts: 0,
  createdAt: null,
});
const call = { id: 'order>bank', callerId: 'order', calleeId: 'bank' } as GraphCall;
const figures = (failedPerSecond: number | null) => ({ health: 'failing', failedPerSecond }) as const;
const causeOf = (lost: number | null, lostOnCall: number | null) =>
  findCause({
    service: service('order'),
    signals: figures(lost) as ServiceSignals,
    services: [service('order'), service('bank')],
    calls: [call],
    callSignals: new Map([[call.id, figures(lostOnCall) as CallSignals]]),
    serviceSignals: new Map(),
  });

test('a callee is the cause when the calls to it lose most of what the caller loses', () => {
  expect(causeOf(10, 8)?.path.map((one) => one.name)).toEqual(['bank']);
  expect(causeOf(10, 1)).toBeNull();
});

test('where what is lost is not known, no callee is blamed for it', () => {
  expect(causeOf(null, 8)).toBeNull();
  expect(causeOf(10, null)).toBeNull();
});
