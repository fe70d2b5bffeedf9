import { expect, test } from 'vitest';
import { createFakeClock } from '../../../test/support/memoryPorts.ts';
import type { ByteStream } from '../../connectors/kit/forwards.ts';
import { PeerError } from '../../connectors/kit/peerError.ts';
import type { ForwardAsk } from '../../model/forward.ts';
import type { InstanceObservation } from '../../model/topology.ts';
import type { Place } from '../oneMap.ts';
import { createPulse } from '../pulse.ts';
import { createForward } from './forward.ts';

const ask: ForwardAsk = {
  serviceId: 'c/shop/payment',
  connectionId: 'c',
  instance: null,
  port: 8080,
  localPort: 0,
  endsAfterSeconds: 3_600,
};

const instance = (name: string, ready = true): InstanceObservation => ({
  namespace: 'shop',
  name,
  uid: `uid ${name}`,
  workload: null,
  version: null,
  ready,
  reason: null,
  restarts: 0,
  lastRestartAt: null,
  startedAt: null,
  node: null,
});

/** A forward without sockets: a test makes the connections, and says what the instance answers. */
async function opened(more: Partial<ForwardAsk> = {}, answer?: () => Promise<ByteStream>) {
  const clock = createFakeClock();
  const changes = createPulse();
  const closed = new AbortController();
  let instances = [instance('a'), instance('b')];
  let take: (near: ByteStream) => void = () => undefined;
  let isListening = true;
  const reached: string[] = [];
  const connection = {
    id: 'c',
    title: 'shop',
    locked: false,
    closed: closed.signal,
    sources: [
      {
        session: {
          forwards: {
            open: async (to: { readonly name: string }) => {
              reached.push(to.name);
              return await (
                answer ?? (() => Promise.resolve(new TransformStream<Uint8Array, Uint8Array>()))
              )();
            },
          },
        },
      },
    ],
  };
  // Only what a forward asks of a place.
  const place = { connection, service: { id: 'c/shop/payment', name: 'payment', namespace: 'shop' } };
  const forward = await createForward({ ...ask, ...more }, place as unknown as Place, {
    instances: () => instances,
    changes,
    localPorts: {
      listen: (_port, taken) => {
        take = taken;
        const stop = (): Promise<void> => Promise.resolve(void (isListening = false));
        return Promise.resolve({ port: 40_000, [Symbol.asyncDispose]: stop });
      },
    },
    ports: {
      clock,
      random: { id: () => 'f1', fraction: () => 0 },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    },
    tell: () => undefined,
  });
  return {
    clock,
    forward,
    reached,
    isListening: () => isListening,
    async become(next: InstanceObservation[]) {
      instances = next;
      changes.bump();
      await clock.advance(1);
    },
    async lock() {
      connection.locked = true;
      changes.bump();
      await clock.advance(1);
    },
    /** A program of this machine connects, and says one word. */
    async connect() {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const back = new TransformStream<Uint8Array, Uint8Array>();
      take({ readable, writable: back.writable });
      const writer = writable.getWriter();
      writer.write(new Uint8Array(4)).catch(() => undefined);
      await clock.advance(1);
      return { writer, back: back.readable };
    },
  };
}

test('a forward ends by itself once its time is over, also where the machine slept through it', async () => {
  const { clock, forward, isListening } = await opened();
  await clock.advance(3_500_000);
  expect(forward.state().ended).toBeNull();
  clock.sleepMachine(3_600_000);
  await clock.advance(30_000);
  expect(forward.state().ended).toBe('Its time is over.');
  expect(isListening()).toBe(false);
});

test('a forward to a service stays with its instance while that is ready, and says when it moves on', async () => {
  const { forward, become, connect, reached } = await opened();
  expect(forward.state().instance).toBe('a');
  await become([instance('0'), instance('a')]);
  expect(forward.state()).toMatchObject({ instance: 'a', note: null });
  await become([instance('a', false), instance('b')]);
  expect(forward.state()).toMatchObject({ instance: 'b', ended: null });
  expect(forward.state().note?.text).toBe('Leads to b now: a is not ready any more.');
  await connect();
  expect(reached).toEqual(['b']);
  await become([]);
  expect(forward.state()).toMatchObject({ instance: null, ended: null, note: { tone: 'warn' } });
  await connect();
  expect(reached).toEqual(['b']);
  await become([instance('c')]);
  expect(forward.state()).toMatchObject({ instance: 'c', note: { text: 'Leads to c now.' } });
});

test('a forward to one instance ends with it, though another has taken its name', async () => {
  const { forward, become } = await opened({ instance: 'uid a' });
  await become([instance('a', false), instance('b')]);
  expect(forward.state().ended).toBeNull();
  await become([{ ...instance('a'), uid: 'another' }, instance('b')]);
  expect(forward.state().ended).toBe('a is gone.');
});

test('a forward ends when its connection is locked', async () => {
  const { forward, lock } = await opened();
  await lock();
  expect(forward.state().ended).toBe('shop was locked.');
});

test('what went through is counted, and a connection that nobody answers any more is given up', async () => {
  const { clock, forward, connect } = await opened();
  const { writer, back } = await connect();
  const reader = back.getReader();
  expect((await reader.read()).value?.byteLength).toBe(4);
  expect(forward.state()).toMatchObject({
    connections: { open: 1, all: 1 },
    bytes: { sent: 4, received: 4 },
  });
  await writer.close();
  await clock.advance(61_000);
  expect(forward.state().connections).toEqual({ open: 0, all: 1 });
});

test('an instance that refuses is told in the peer’s words, and breaks the connection', async () => {
  const { forward, connect } = await opened({}, () =>
    Promise.reject(new PeerError('forbidden', 'You may not.')),
  );
  const { back } = await connect();
  await expect(back.getReader().read()).rejects.toThrow();
  expect(forward.state()).toMatchObject({ ended: null, note: { tone: 'warn', text: 'You may not.' } });
});

test('a program that tries on and on after refusals does not make the cluster refuse each one', async () => {
  const { clock, reached, connect } = await opened({}, () =>
    Promise.reject(new PeerError('forbidden', 'You may not.')),
  );
  for (let i = 0; i < 100; i += 1) {
    const { back } = await connect();
    await expect(back.getReader().read()).rejects.toThrow();
  }
  expect(reached).toHaveLength(1);
  for (let i = 0; i < 60; i += 1) {
    await clock.advance(500);
    await connect();
  }
  // A quarter of a second at first, five seconds at last.
  expect(reached.length).toBeGreaterThan(6);
  expect(reached.length).toBeLessThan(15);
});

test('connections are asked for no faster than twenty a second, and none is lost', async () => {
  const { clock, reached, connect } = await opened();
  for (let i = 0; i < 50; i += 1) await connect();
  expect(reached).toHaveLength(20);
  await clock.advance(1_000);
  expect(reached).toHaveLength(40);
  await clock.advance(1_000);
  expect(reached).toHaveLength(50);
});

test('a warning goes once an answer comes again', async () => {
  let isBroken = true;
  const { clock, forward, connect } = await opened({}, () =>
    isBroken
      ? Promise.reject(new PeerError('unreachable', 'Nothing listens there.'))
      : Promise.resolve(new TransformStream<Uint8Array, Uint8Array>()),
  );
  await connect();
  expect(forward.state().note).toMatchObject({ tone: 'warn' });
  isBroken = false;
  await clock.advance(5_000);
  const { back } = await connect();
  await back.getReader().read();
  expect(forward.state().note).toBeNull();
});
