import { createRouterClient, type RouterClient } from '@orpc/server';
import { afterEach, expect, test } from 'vitest';
import { createFakeClock, createMemoryPorts } from '../../test/support/memoryPorts.ts';
import { createPaper, paperConnector, type Paper } from '../../test/support/paperConnector.ts';
import type { Connector } from '../connectors/kit/connector.ts';
import type { TripOption } from '../model/trip.ts';
import { createConsole, type Console } from './console.ts';
import type { ConsoleRouter } from './router.ts';

const open: Console[] = [];
afterEach(async () => {
  for (const console of open.splice(0)) await console[Symbol.asyncDispose]();
});

/** A system on paper; `unavailable`: why nothing can be done to calls there, undefined where it trips none at all. */
function system(
  id: string,
  title: string,
  paper: Paper,
  unavailable: string | null | undefined,
): Connector<unknown> {
  const connector = paperConnector(paper, title);
  const option: TripOption = {
    mechanism: 'refuse',
    title: 'Refuse',
    effect: 'callers get 503',
    perCaller: true,
    unavailable: unavailable ?? null,
  };
  return {
    ...connector,
    id,
    open: async (settings, host) => {
      const session = await connector.open(settings, host);
      const { isolation, ...others } = session;
      if (unavailable === undefined) return others;
      return { ...session, isolation: { ...isolation!, options: () => Promise.resolve([option]) } };
    },
  };
}

async function openTwo(unavailable: {
  readonly east: string | null | undefined;
  readonly dc1: string | null | undefined;
}) {
  const clock = createFakeClock();
  const [east, dc1] = [createPaper(), createPaper()];
  const end = (name: string) => ({
    namespace: 'shop',
    workload: name,
    service: name,
    version: null,
    instance: null,
  });
  dc1.now = () => clock.now();
  dc1.calls = [
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
  const console = await createConsole(
    [system('kubernetes', 'east', east, unavailable.east), system('consul', 'dc1', dc1, unavailable.dc1)],
    createMemoryPorts({ clock }),
  );
  open.push(console);
  const client: RouterClient<ConsoleRouter> = createRouterClient(console.router);
  const { candidates } = await client.connections.discover();
  for (const { key } of candidates) await client.connections.open({ key });
  const stop = new AbortController();
  const ticks = await client.signals.watch({ windowSeconds: 60 }, { signal: stop.signal });
  const reading = (async () => {
    for await (const _ of ticks) continue;
  })().catch(() => undefined);
  await clock.advance(5_000);
  stop.abort();
  await reading;
  return client;
}

const calleeId = 'east/shop/payment';

test('where two systems could, the one that counts the calls is named first, and each knows the call by its own ids', async () => {
  const client = await openTwo({ east: null, dc1: null });
  expect(await client.trips.places({ calleeId, callerId: null })).toMatchObject([
    {
      connectionId: 'dc1',
      system: 'Paper dc1',
      call: { calleeId: 'dc1/shop/payment', caller: null },
      why: 'it counts 7.0 of these calls a second',
    },
    {
      connectionId: 'east',
      system: 'Paper east',
      call: { calleeId: 'east/shop/payment', caller: null },
      why: 'nobody counted these calls there',
    },
  ]);
});

test('a system where nothing can be done comes last, and says why', async () => {
  const client = await openTwo({ east: null, dc1: 'the token may not write' });
  const places = await client.trips.places({ calleeId, callerId: null });
  expect(places.map(({ connectionId, why }) => [connectionId, why])).toEqual([
    ['east', 'nobody counted these calls there'],
    ['dc1', 'the token may not write'],
  ]);
});

test('a system that trips no calls at all is named all the same, and why', async () => {
  const client = await openTwo({ east: null, dc1: undefined });
  const places = await client.trips.places({ calleeId, callerId: null });
  expect(places.map(({ connectionId, why }) => [connectionId, why])).toEqual([
    ['east', 'nobody counted these calls there'],
    ['dc1', 'no source of it can stop calls at the moment'],
  ]);
});

test('a system that does not know the caller can mean all of them only', async () => {
  const client = await openTwo({ east: null, dc1: null });
  const stop = new AbortController();
  let callerId = '';
  for await (const { services } of await client.graph.watch(undefined, { signal: stop.signal })) {
    callerId = services.find(({ name }) => name === 'order')?.id ?? '';
    stop.abort();
    break;
  }
  const places = await client.trips.places({ calleeId, callerId });
  expect(places.map(({ connectionId, call }) => [connectionId, call.caller?.id ?? null])).toEqual([
    ['dc1', callerId],
    ['east', null],
  ]);
  expect(places[1]?.why).toMatch(/^it does not know order, and could only stop every caller; /);
});
