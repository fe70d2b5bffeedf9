import { expect, test } from 'vitest';
import { anySignal } from '../connectors/kit/anySignal.ts';
import type { LogPiece, LogSource } from '../connectors/kit/logs.ts';
import type { LogAsk, LogEntry } from '../model/log.ts';
import type { LiveConnection } from './liveConnection.ts';
import { watchLogs } from './logs.ts';
import type { OneMap, Place } from './oneMap.ts';
import type { Ports } from './ports.ts';
import { createPulse, type Pulse } from './pulse.ts';
import type { World } from './world.ts';

const ask: LogAsk = {
  serviceId: 'dc1/order',
  instances: null,
  container: null,
  previous: false,
  follow: true,
  sinceAt: null,
  lines: 10,
};

/** Two faces of one service: a registry's, which the node goes by, and a cluster's, whose pods write logs. */
function twoFaces(changes: Pulse) {
  const pods = ['order-1'];
  const piece: LogPiece = { kind: 'line', at: 1, stamp: '', text: 'a line', missingChars: 0 };
  const logs: LogSource = {
    instances: async () =>
      pods.map((name) => ({
        namespace: 'shop',
        name,
        uid: name,
        containers: [{ name: 'app', kind: 'app' as const, state: null, restarts: 0 }],
        usual: 'app',
      })),
    async *read(_, __, signal) {
      yield [piece, { kind: 'caughtUp' }];
      await new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('over'))),
      );
    },
    line: async () => null,
  };
  const place = (id: string, session: { readonly logs?: LogSource }): Place => ({
    connection: {
      id,
      closed: new AbortController().signal,
      sources: [{ session }],
    } as unknown as LiveConnection, // The parts that are looked at.
    service: {
      id: `${id}/order`,
      name: 'order',
      namespace: 'shop',
      hosts: [],
    } as unknown as Place['service'],
  });
  const places = [place('dc1', {}), place('east', { logs })];
  const world = {
    changes,
    instances: (id: string) => (id === 'east/order' ? pods : ['from-the-registry']).map((uid) => ({ uid })),
  } as unknown as World;
  const clock = { now: () => Date.now(), sleep: () => new Promise((resolve) => setTimeout(resolve, 2)) };
  return {
    pods,
    parts: {
      world,
      oneMap: { places: () => places } as unknown as OneMap,
      ports: { clock } as unknown as Pick<Ports, 'clock'>,
    },
  };
}

test('an instance that comes later is read, also where the service goes by a registry’s name', async () => {
  const changes = createPulse();
  const { pods, parts } = twoFaces(changes);
  const told: LogEntry[] = [];
  for await (const { phase, entries } of watchLogs(ask, parts, AbortSignal.timeout(10_000))) {
    told.push(...entries);
    if (phase === 'live' && pods.length === 1) {
      pods.push('order-2');
      setTimeout(changes.bump, 5);
    }
    if (told.some(({ kind, instance }) => kind === 'line' && instance === 'order-2')) break;
  }
  const notes = told.filter(({ kind }) => kind === 'note');
  expect(notes).toMatchObject([{ instance: 'order-2', text: 'This instance is new.' }]);
});

test('what was waited for in vain is waited for no more, however long one looks', async () => {
  const changes = createPulse();
  const { pods, parts } = twoFaces(changes);
  let waiting = 0;
  let most = 0;
  const counted: Pulse = {
    get count() {
      return changes.count;
    },
    bump: changes.bump,
    async after(seen, signal) {
      most = Math.max(most, (waiting += 1));
      try {
        return await changes.after(seen, signal);
      } finally {
        waiting -= 1;
      }
    },
  };
  const stop = new AbortController();
  const world: World = { ...parts.world, changes: counted };
  const stream = watchLogs(ask, { ...parts, world }, anySignal([stop.signal, AbortSignal.timeout(10_000)]));
  let lines = 0;
  for await (const { entries } of stream) {
    lines += entries.filter(({ kind }) => kind === 'line').length;
    if (lines > 10) break;
    if (entries.length > 0 || lines === 0) setTimeout(() => grow(), 5);
  }
  function grow(): void {
    pods.push(`order-${pods.length + 1}`);
    changes.bump();
  }
  expect(most).toBe(1);
});
