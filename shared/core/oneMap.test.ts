import { createRouterClient, type RouterClient } from '@orpc/server';
import { afterEach, expect, test } from 'vitest';
import { createMemoryPorts, createFakeClock } from '../../test/support/memoryPorts.ts';
import { createPaper, paperConnector, type Paper } from '../../test/support/paperConnector.ts';
import type { GraphUpdate } from '../model/graph.ts';
import type { CallView } from '../model/inspect.ts';
import { createConsole, type Console } from './console.ts';
import type { ConsoleRouter } from './router.ts';

const open: Console[] = [];
afterEach(async () => {
  for (const console of open.splice(0)) await console[Symbol.asyncDispose]();
});

const setNothing = (): Promise<never> => Promise.reject(new Error('nothing is set here'));
const edits = { plan: setNothing, planUndo: setNothing, apply: setNothing, verify: setNothing };

/** A console with two systems that both know the service payment of the namespace shop. */
async function openTwo(
  inRegistry: Paper = createPaper(),
  protectionEdits: typeof edits | null = edits,
  isHeldBy?: () => boolean,
) {
  const clock = createFakeClock();
  const ports = createMemoryPorts({ clock });
  const cluster = { ...paperConnector(createPaper(), 'east'), id: 'kubernetes' };
  const paper = paperConnector(inRegistry, 'dc1');
  const registry: typeof paper = {
    ...paper,
    id: 'consul',
    capabilities: [...paper.capabilities, 'protections', 'protectionEdits'],
    // Tells what protects calls, and nothing does.
    open: async (settings, host) => ({
      ...(await paper.open(settings, host)),
      protections: { declared: () => new Map(), ...(isHeldBy && { isHeldBy }) },
      ...(protectionEdits === null ? {} : { protectionEdits }),
    }),
  };
  const console = await createConsole([cluster, registry], ports);
  open.push(console);
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  const { candidates } = await client.connections.discover();
  for (const { key } of candidates) await client.connections.open({ key });
  await clock.advance(10);
  const graph = async (): Promise<GraphUpdate> => {
    const stop = new AbortController();
    for await (const update of await client.graph.watch(undefined, { signal: stop.signal })) {
      stop.abort();
      return update;
    }
    throw new Error('the map never came');
  };
  return { client, clock, graph };
}

test('a service that two systems know is one node with two faces', async () => {
  const { graph } = await openTwo();
  const { services } = await graph();
  expect(services).toHaveLength(1);
  expect(services[0]).toMatchObject({
    id: 'east/shop/payment',
    faces: [
      { serviceId: 'east/shop/payment', system: 'Paper east', reason: null },
      { serviceId: 'dc1/shop/payment', system: 'Paper dc1', reason: 'same name, shop/payment' },
    ],
  });
});

test('its controls name the system that they act through', async () => {
  const { client } = await openTwo();
  const stop = new AbortController();
  for await (const splits of await client.splits.watch(undefined, { signal: stop.signal })) {
    expect(splits.map(({ serviceId, connectionId }) => [serviceId, connectionId])).toEqual([
      ['east/shop/payment', 'east'],
      ['east/shop/payment', 'dc1'],
    ]);
    stop.abort();
    return;
  }
});

test('what was done to a service through any of its systems is marked on the node', async () => {
  const { client, clock } = await openTwo();
  await client.connections.unlock({ id: 'dc1' });
  const plan = await client.operations.plan({
    operation: {
      kind: 'setWeights',
      splitId: 'uid-1/http/default',
      connectionId: 'dc1',
      weights: [60, 40],
      seen: { revision: '1', weights: [70, 30] },
    },
  });
  // The service as the system knows it through which this is written.
  expect(plan.serviceId).toBe('dc1/shop/payment');
  const ticked = plan.guards.map(({ id }) => id);
  await client.operations.apply({ planId: plan.id, reason: '', ticked, typedName: plan.serviceName });
  await clock.advance(1_000);
  const stop = new AbortController();
  const { signal } = stop;
  const asked = { serviceId: 'east/shop/payment', rangeSeconds: 600 };
  for await (const { marks } of await client.signals.charts(asked, { signal })) {
    expect(marks).toHaveLength(1);
    break;
  }
  for await (const { marks } of await client.signals.timeline({ rangeSeconds: 600 }, { signal })) {
    expect(marks.map(({ serviceId }) => serviceId)).toEqual(['east/shop/payment']);
    break;
  }
  stop.abort();
});

/** Calls of the registry that lack protection, while order calls payment there. */
async function lacking(protectionEdits: typeof edits | null, isHeldBy?: () => boolean) {
  const paper = createPaper();
  const { client, clock } = await openTwo(paper, protectionEdits, isHeldBy);
  paper.now = () => clock.now();
  const end = (name: string) => ({
    namespace: 'shop',
    workload: name,
    service: name,
    version: null,
    instance: null,
  });
  paper.calls = [
    {
      reporter: 'source',
      source: end('order'),
      destination: end('payment'),
      host: 'payment.shop.svc.cluster.local',
      subset: null,
      protocol: 'http',
      responseCode: '200',
      grpcStatus: null,
      flags: [],
      perSecond: 7,
    },
  ];
  const stop = new AbortController();
  const ticks = await client.signals.watch({ windowSeconds: 60 }, { signal: stop.signal });
  const reading = (async () => {
    for await (const _ of ticks) continue;
  })().catch(() => undefined);
  await clock.advance(5_000);
  const calls = await client.protections.unprotected({ connectionId: 'dc1' });
  const callsIn: CallView[] = [];
  for await (const detail of await client.services.inspect(
    { serviceId: 'dc1/shop/payment' },
    { signal: stop.signal },
  )) {
    callsIn.push(...detail.callsIn);
    break;
  }
  stop.abort();
  await reading;
  return { calls, callsIn };
}

test('before the first figures of a source came the map knows that they are awaited', async () => {
  const { client, clock } = await openTwo();
  const stop = new AbortController();
  const told: boolean[] = [];
  const reading = (async () => {
    const ticks = await client.signals.watch({ windowSeconds: 60 }, { signal: stop.signal });
    for await (const { awaited, provenance } of ticks) {
      expect(awaited).toBe(provenance.length < 2);
      told.push(awaited);
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  await clock.advance(5_000);
  stop.abort();
  await reading;
  expect(told[0]).toBe(true);
  expect(told.at(-1)).toBe(false);
});

test('while a connection still looks for what else is there, figures are awaited', async () => {
  const clock = createFakeClock();
  const { promise: found, resolve: find } = Promise.withResolvers<{ offers: []; absent: [] }>();
  const paper = paperConnector(createPaper(), 'east');
  const lone: typeof paper = {
    ...paper,
    capabilities: paper.capabilities.filter((each) => each !== 'signals'),
    open: async (settings, host) => {
      const { signals: _, ...session } = await paper.open(settings, host);
      return { ...session, offers: { find: () => found } };
    },
  };
  const console = await createConsole([lone], createMemoryPorts({ clock }));
  open.push(console);
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  for (const { key } of (await client.connections.discover()).candidates)
    await client.connections.open({ key });
  await clock.advance(10);
  const stop = new AbortController();
  const told: boolean[] = [];
  const reading = (async () => {
    const ticks = await client.signals.watch({ windowSeconds: 60 }, { signal: stop.signal });
    for await (const { awaited } of ticks) told.push(awaited);
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  await clock.advance(10);
  expect(told).toEqual([true]);
  find({ offers: [], absent: [] });
  await clock.advance(5_000);
  stop.abort();
  await reading;
  expect(told).toEqual([true, false]);
});

test('calls that lack protection bear the ids that the map has for them', async () => {
  const { calls, callsIn } = await lacking(edits);
  expect(calls).toMatchObject([{ calleeId: 'east/shop/payment', requestsPerSecond: 7 }]);
  expect(calls[0]?.callId).toMatch(/^dc1\/.*→east\/shop\/payment$/);
  expect(callsIn).toMatchObject([
    { missing: ['no time-out', 'no limit', 'no ejection', 'no fallback'], unknown: null },
  ]);
});

test('what protects the calls of a caller without a sidecar is not known, and not missing', async () => {
  const { calls, callsIn } = await lacking(edits, () => false);
  const unknown = 'not known: the caller has no sidecar';
  expect(calls).toMatchObject([{ requestsPerSecond: 7, missing: [], unknown }]);
  expect(callsIn).toMatchObject([{ protections: [], missing: [], unknown }]);
});

test('what nobody could set is not called missing, for an application may have it all the same', async () => {
  expect((await lacking(null)).calls).toEqual([]);
});

test('it is two again once the operator keeps them apart, and one when they take that back', async () => {
  const { client, clock, graph } = await openTwo();
  const pair: [string, string] = ['east/shop/payment', 'dc1/shop/payment'];
  await client.settings.mark({ joins: { pairs: [{ pair, is: 'apart' }] } });
  await clock.advance(10);
  expect((await graph()).services.map(({ id }) => id).sort()).toEqual([...pair].sort());
  await client.settings.mark({ joins: { pairs: [{ pair, is: null }] } });
  await clock.advance(10);
  expect((await graph()).services).toHaveLength(1);
});
