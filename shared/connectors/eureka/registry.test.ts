import { expect, test } from 'vitest';
import { createFakeClock } from '../../../test/support/memoryPorts.ts';
import type { ConnectorHost } from '../kit/connector.ts';
import type { EurekaApi } from './api.ts';
import { createRegistry } from './registry.ts';

test('hurried, a server is looked at eight times in quick succession, failing or not, and then at its turn', async () => {
  const clock = createFakeClock();
  const firstAt = clock.now();
  const looks: number[] = [];
  const api = {
    applications() {
      looks.push(clock.now() - firstAt);
      return looks.length % 2 === 0
        ? Promise.reject(new Error('connection refused'))
        : Promise.resolve(undefined);
    },
  } as unknown as EurekaApi; // Until it answered whole, nothing else is asked.
  const host = { clock, random: { id: () => 'id', fraction: () => 0 } } as unknown as ConnectorHost; // What is used.
  await using registry = createRegistry(api, host);
  await clock.advance(1_000);
  registry.hurry();
  await clock.advance(4_000);
  expect(looks).toEqual([0, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000, 4_500]);
  const before = looks.length;
  await clock.advance(4_000);
  expect(looks).toHaveLength(before);
});
