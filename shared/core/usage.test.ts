import { expect, test } from 'vitest';
import { collectGarbage } from '../../test/support/collectGarbage.ts';
import { createFakeClock } from '../../test/support/memoryPorts.ts';
import { PeerError } from '../connectors/kit/peerError.ts';
import type { LiveConnection } from './liveConnection.ts';
import { createUsageReader } from './usage.ts';

test('why the use of instances is not known is told as long as it is not known', async () => {
  const clock = createFakeClock();
  let asked = 0;
  const usage = {
    tellsThrottling: false,
    read: () => {
      asked += 1;
      return Promise.reject(new PeerError('forbidden', 'You may not read metrics.'));
    },
  };
  // Only what a reader of usage asks of a connection.
  const connection = { sources: [{ session: { usage } }] } as unknown as LiveConnection;
  const readUsage = createUsageReader(clock);
  for (const rounds of [1, 1, 1, 2]) {
    const problems: string[] = [];
    expect(await readUsage(connection, [], new AbortController().signal, problems)).toBeNull();
    expect(problems).toEqual([expect.stringContaining('You may not read metrics.')]);
    expect(asked).toBe(rounds);
    await clock.advance(5_000);
  }
});

test('a connection that was closed is not kept for what was read of it', async () => {
  const readUsage = createUsageReader(createFakeClock());
  const readOnce = async (): Promise<WeakRef<LiveConnection>> => {
    const connection = { sources: [] } as unknown as LiveConnection;
    await readUsage(connection, [], new AbortController().signal, []);
    return new WeakRef(connection);
  };
  const closed = await readOnce();
  await collectGarbage();
  expect(closed.deref()).toBeUndefined();
});
