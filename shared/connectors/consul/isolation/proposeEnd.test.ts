import { expect, test } from 'vitest';
import type { ConnectorHost } from '../../kit/connector.ts';
import type { Transport } from '../../kit/transport.ts';
import { createApi } from '../api.ts';
import { createRegistry } from '../registry.ts';
import { type Held, withHeld } from './marker.ts';
import { proposeEnd } from './propose.ts';

const signal = AbortSignal.timeout(10_000);
const host: ConnectorHost = {
  connectionId: 'dc1',
  clock: { now: () => 1_000, sleep: () => new Promise(() => undefined) },
  random: { id: () => 'id', fraction: () => 0.5 },
  log: { info: () => undefined, warn: () => undefined },
  ownPorts: () => [],
  lent: {},
};
const held: Held = {
  token: 'ab12cd34',
  operationId: 'op-1',
  host: 'payment.service.dc1.consul',
  caller: { namespace: 'default', name: 'order' },
  mechanism: { kind: 'refuse', status: 503 },
  until: 2_000,
  since: 1_000,
  by: 'jo',
  reason: '',
  made: false,
  was: { kind: 'limits', callee: 'payment', override: false, limits: null },
};
const tripped = {
  Kind: 'service-defaults',
  Name: 'order',
  Protocol: 'http',
  Meta: Object.fromEntries(withHeld(new Map(), held) ?? []),
  UpstreamConfig: { Overrides: [{ Name: 'payment', Limits: { MaxConcurrentRequests: 0 } }] },
  CreateIndex: 5,
  ModifyIndex: 42,
};

/** A Consul whose lists are behind its leader: they know of no entry, and tell of nothing new. */
function behindItsLeader(asked: string[]): Transport {
  return {
    route: 'at http://127.0.0.1:8500',
    request({ method, path, signal: stop }) {
      asked.push(`${method} ${path}`);
      const url = new URL(path, 'http://consul');
      if (url.searchParams.has('index'))
        return new Promise((_, reject) => stop.addEventListener('abort', () => reject(new Error('closed'))));
      const answer = (status: number, body: unknown) =>
        Promise.resolve({
          status,
          headers: { 'x-consul-index': '7', date: '' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        });
      if (method === 'POST') return answer(200, [{ Allow: true }]);
      if (url.pathname === '/v1/config/service-defaults/order') return answer(200, tripped);
      return answer(200, []);
    },
  };
}

test('a trip that was only just written is ended by what the leader has, which lists do not tell of yet', async () => {
  const asked: string[] = [];
  const api = createApi(behindItsLeader(asked), { datacenter: null, namespace: null, partition: null });
  await using registry = createRegistry(api, 'dc1', host);
  const tripId = 'op-1@payment.service.dc1.consul';
  const carrying = [{ kind: 'service-defaults', name: 'order' } as const];
  const { changes, expectation } = await proposeEnd(registry, tripId, carrying, signal);
  expect(asked.filter((one) => one.includes('/service-defaults/order'))).toEqual([
    'GET /v1/config/service-defaults/order?consistent=',
  ]);
  expect(changes).toMatchObject([{ action: 'patch', revision: '42', document: { name: 'order', uid: '5' } }]);
  expect(changes[0]?.after).not.toMatch(/podium-held|Overrides/);
  expect(changes[0]?.after).toContain('Protocol: http');
  expect(expectation).toMatchObject({ kind: 'served', how: 'limit' });
  // Without the entries that its write named there is nothing to be found.
  await expect(proposeEnd(registry, tripId, [], signal)).rejects.toMatchObject({ kind: 'refused' });
});
