import { describe, expect, test } from 'vitest';
import { graphService } from '../../test/support/services.ts';
import type { GraphCall, GraphService } from '../model/graph.ts';
import type { CallSignals, ServiceSignals } from '../model/signals.ts';
import { callId } from './entityIds.ts';
import { joinFaces } from './faces.ts';
import { mergeGraph, mergeSignals } from './mergeFaces.ts';

const service = (id: string, more: Partial<GraphService> = {}): GraphService => {
  const [connection = '', , name = ''] = id.split('/');
  return graphService(id, { hosts: [`${name}.${connection}`], ...more });
};
const call = (callerId: string, calleeId: string, more: Partial<GraphCall> = {}): GraphCall => ({
  id: callId(callerId, calleeId),
  callerId,
  calleeId,
  protocols: ['http'],
  asynchronous: false,
  ...more,
});
const none = { p50Ms: null, p90Ms: null, p99Ms: null };
const figures = (requestsPerSecond: number | null, more: Partial<ServiceSignals> = {}): ServiceSignals => ({
  requestsPerSecond,
  failedPerSecond: null,
  errorRatio: null,
  ...none,
  health: 'unknown',
  reasons: [],
  versions: {},
  ...more,
});
const callFigures = (requestsPerSecond: number | null): CallSignals => ({
  requestsPerSecond,
  failedPerSecond: null,
  errorRatio: null,
  ...none,
  health: 'unknown',
  flags: {},
  neverArrivedRatio: null,
  forbiddenRatio: null,
});

const [web, order, payment] = ['east/shop/web', 'east/shop/order', 'east/shop/payment'];
const [ordered, paid] = ['dc1/default/order', 'dc1/default/payment'];
const services = [
  service(web),
  service(order, { readyInstances: 2, desiredInstances: 3 }),
  service(payment),
  service(ordered, {
    owner: 'team-a',
    versions: [{ version: 'v1', workloads: [], readyInstances: 1, desiredInstances: null }],
  }),
  service(paid),
];
const sources = new Map([
  ['east', { connector: 'kubernetes', environment: 'other' as const }],
  ['dc1', { connector: 'consul', environment: 'other' as const }],
]);
const index = joinFaces(services, sources, () => [], {
  convention: true,
  addresses: true,
  together: [],
  apart: [],
});
const systemOf = (id: string) => (id.startsWith('dc1') ? 'Consul dc1' : 'Kubernetes east');

describe('one map of several systems', () => {
  const graph = mergeGraph(
    {
      services,
      calls: [
        call(web, order),
        call(order, payment, { declared: 'route' }),
        call(ordered, paid, { protocols: [], declared: 'upstream of its proxy', unseen: true }),
        call(order, ordered),
      ],
      problems: ['p'],
    },
    index,
    systemOf,
  );

  test('draws each service once, with its faces and why they are one', () => {
    expect(graph.services.map(({ id }) => id)).toEqual([web, order, payment]);
    expect(graph.services[1]).toMatchObject({
      owner: 'team-a',
      hosts: ['order.east', 'order.dc1'],
      versions: [{ version: 'v1' }],
      readyInstances: 2,
      desiredInstances: 3,
      faces: [
        { serviceId: order, system: 'Kubernetes east', readyInstances: 2, reason: null },
        { serviceId: ordered, system: 'Consul dc1', versions: ['v1'], reason: 'same name, order' },
      ],
    });
    expect(graph.services[0]?.faces).toBeUndefined();
  });

  test('draws a call that two systems tell of once, and none from a service to its own face', () => {
    expect(graph.calls).toEqual([
      call(web, order),
      call(order, payment, { declared: 'route; upstream of its proxy' }),
    ]);
  });

  test('takes the figures of the face that has some, the worst health, and names who says why', () => {
    const merged = mergeSignals(
      {
        services: new Map([
          [web, figures(5, { health: 'healthy' })],
          [order, figures(null, { reasons: ['2 of 3 ready'], health: 'degraded' })],
          [ordered, figures(7, { reasons: ['0 passing'], health: 'failing' })],
        ]),
        calls: new Map([
          [callId(order, payment), callFigures(null)],
          [callId(ordered, paid), callFigures(3)],
        ]),
      },
      index,
      systemOf,
    );
    expect([...merged.services.keys()]).toEqual([web, order]);
    expect(merged.services.get(order)).toMatchObject({
      requestsPerSecond: 7,
      health: 'failing',
      reasons: ['2 of 3 ready', 'Consul dc1: 0 passing'],
    });
    expect(merged.calls.get(callId(order, payment))?.requestsPerSecond).toBe(3);
  });

  test('takes the figures of another face where the one it goes by has no entry at all', () => {
    const merged = mergeSignals(
      {
        services: new Map([
          [paid, figures(4, { health: 'failing', reasons: ['5xx'] })],
          [ordered, figures(7, { health: 'healthy' })],
        ]),
        calls: new Map(),
      },
      index,
      systemOf,
    );
    expect([...merged.services.keys()].sort()).toEqual([order, payment]);
    expect(merged.services.get(order)?.requestsPerSecond).toBe(7);
    expect(merged.services.get(payment)).toMatchObject({ health: 'failing', reasons: ['Consul dc1: 5xx'] });
  });

  test('does not call healthy unknown because another system cannot tell', () => {
    const merged = mergeSignals(
      {
        services: new Map([
          [order, figures(5, { health: 'healthy' })],
          [ordered, figures(null)],
        ]),
        calls: new Map(),
      },
      index,
      systemOf,
    );
    expect(merged.services.get(order)?.health).toBe('healthy');
  });
});
