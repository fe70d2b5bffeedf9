import type { ConsulPeer } from '../start/consul.ts';
import { type ConsulUser, consulTokens, shopEntries } from '../start/consulShop.ts';
import type { Asker, Recorder } from './recorder.ts';

const subsets = {
  v1: { Filter: 'Service.Meta.version == v1' },
  v2: { Filter: 'Service.Meta.version == v2' },
};
const resolver = { Kind: 'service-resolver', Name: 'payment', DefaultSubset: 'v1', Subsets: subsets };
const defaults = { Kind: 'service-defaults', Name: 'order', Protocol: 'http' };
const ofPayment = (rest: object): object => ({
  ...defaults,
  UpstreamConfig: { Overrides: [{ Name: 'payment', ...rest }] },
});
const router = (...routes: readonly object[]): object => ({
  Kind: 'service-router',
  Name: 'payment',
  Routes: routes,
});
const intentions = (...sources: readonly object[]): object => ({
  Kind: 'service-intentions',
  Name: 'payment',
  Sources: sources,
});
/** What a caller may send at once, and when instances are taken out. */
export const limited = ofPayment({
  Limits: { MaxConnections: 0, MaxPendingRequests: 0, MaxConcurrentRequests: 0 },
  PassiveHealthCheck: {
    Interval: '2s',
    MaxFailures: 3,
    EnforcingConsecutive5xx: 100,
    MaxEjectionPercent: 100,
    BaseEjectionTime: '5s',
  },
});

/** What Consul takes, refuses and gives back of entries that shape calls, and of several keys at once. All is as before at the end. */
export async function recordConsulEntries(recorder: Recorder, peer: ConsulPeer): Promise<void> {
  const as = (user: ConsulUser): Asker => ({ url: peer.url, token: consulTokens[user], user });
  const send =
    (method: string) =>
    (name: string, path: string, body?: unknown, user: ConsulUser = 'operator') =>
      recorder.record(name, as(user), { method, path, ...(body === undefined ? {} : { body }) });
  const [read, put, remove] = [send('GET'), send('PUT'), send('DELETE')];
  const write = (name: string, body: object) => put(name, '/v1/config', body);

  await write('defaults-limits', limited);
  await read('defaults-limits-read', '/v1/config/service-defaults/order');
  await write('defaults-nameless', { ...defaults, UpstreamConfig: { Overrides: [{ Limits: {} }] } });
  await write('defaults-negative', ofPayment({ Limits: { MaxConnections: -3 } }));
  await write('defaults-unknown-nested', ofPayment({ Nonsense: 1 }));
  await write('defaults-protocol', { ...defaults, Protocol: 'nonsense' });
  await write('defaults-restore', defaults);
  await write('meta-too-long', { ...router(), Meta: { why: 'x'.repeat(520) } });

  const header = (one: object): object => ({ Match: { HTTP: { Header: [one] } } });
  await write(
    'router-headers',
    router(
      { Match: { HTTP: { PathExact: '/fixed' } }, Destination: { Service: 'cashdesk' } },
      {
        ...header({ Name: 'x-tier', Exact: 'gold' }),
        Destination: {
          ServiceSubset: 'v2',
          NumRetries: 3,
          RetryOnStatusCodes: [503],
          RequestTimeout: '2s',
        },
      },
    ),
  );
  await read('router-headers-read', '/v1/config/service-router/payment');
  await write('router-two-paths', router({ Match: { HTTP: { PathExact: '/x', PathPrefix: '/' } } }));
  await write('router-path-relative', router({ Match: { HTTP: { PathPrefix: 'x' } } }));
  await write('router-header-empty', router(header({ Name: 'x' })));
  await write('router-unknown-subset', router({ Destination: { ServiceSubset: 'nope' } }));
  await remove('router-headers-delete', '/v1/config/service-router/payment');

  await write('resolver-failover', {
    ...resolver,
    Failover: { '*': { Service: 'cashdesk' } },
    ConnectTimeout: '3s',
    RequestTimeout: '9s',
  });
  await read('resolver-failover-read', '/v1/config/service-resolver/payment');
  await read('chain-failover', '/v1/discovery-chain/payment');
  await write('resolver-default-unknown', { ...resolver, DefaultSubset: 'nope' });
  await write('resolver-failover-empty', { ...resolver, Failover: { '*': {} } });
  await write('resolver-failover-unknown', { ...resolver, Failover: { nope: { Service: 'cashdesk' } } });
  await write('resolver-subset-in-use', { ...resolver, Subsets: { v1: subsets.v1 } });
  await remove('resolver-delete-in-use', '/v1/config/service-resolver/payment');
  await write('resolver-restore', resolver);
  await write('resolver-redirect', {
    Kind: 'service-resolver',
    Name: 'cashdesk',
    Redirect: { Service: 'payment', ServiceSubset: 'v2' },
  });
  await read('chain-redirect', '/v1/discovery-chain/cashdesk');
  await remove('resolver-redirect-delete', '/v1/config/service-resolver/cashdesk');

  const edge = { Kind: 'service-router', Name: 'edge' };
  await put('create', '/v1/config?cas=0', { ...edge, Meta: { of: 'one' } });
  await put('create-exists', '/v1/config?cas=0', { ...edge, Meta: { of: 'another' } });
  await put('create-identical', '/v1/config?cas=0', { ...edge, Meta: { of: 'one' } });
  const { ModifyIndex } = (await read('create-read', '/v1/config/service-router/edge?consistent')).body as {
    readonly ModifyIndex: number;
  };
  await remove('delete-cas-right', `/v1/config/service-router/edge?cas=${ModifyIndex}`);
  await remove('delete-cas-gone', `/v1/config/service-router/edge?cas=${ModifyIndex}`);

  await write(
    'intentions-permissions',
    intentions(
      { Name: '*', Action: 'deny' },
      { Name: 'order', Permissions: [{ Action: 'allow', HTTP: { PathPrefix: '/x', Methods: ['GET'] } }] },
    ),
  );
  await read('intentions-permissions-read', '/v1/config/service-intentions/payment');
  await write('intentions-empty', intentions());
  await write('intentions-action', intentions({ Name: 'order', Action: 'maybe' }));
  const order = { Name: 'order', Action: 'deny' };
  await write('intentions-twice', intentions(order, { ...order, Action: 'allow' }));
  await put('intentions-forbidden', '/v1/config', intentions(order), 'viewer');
  const first = shopEntries.find((one) => 'Sources' in one && 'Name' in one && one.Name === 'payment') ?? {};
  await write('intentions-restore', first);
  await recordKeys(put, read, remove);
}

type Send = (name: string, path: string, body?: unknown) => Promise<unknown>;

async function recordKeys(put: Send, read: Send, remove: Send): Promise<void> {
  const kv = (Verb: string, Key: string, more: object = {}) => ({
    KV: { Verb, Key: `shop/${Key}`, ...more },
  });
  const Value = Buffer.from('1').toString('base64');
  const transact = (name: string, ...steps: readonly object[]) => put(name, '/v1/txn', steps);
  await read('kv-list-none', '/v1/kv/shop/?recurse');
  await transact('txn-create', kv('cas', 'new', { Value, Index: 0 }));
  await transact('txn-create-exists', kv('set', 'other', { Value }), kv('cas', 'new', { Value, Index: 0 }));
  await transact('txn-delete-cas-wrong', kv('delete-cas', 'new', { Index: 1 }));
  await transact('txn-delete-cas-absent', kv('delete-cas', 'none', { Index: 7 }));
  await transact('txn-unknown-verb', kv('set', 'other', { Value }), kv('nonsense', 'new'));
  await transact('txn-trees', kv('set', 'a/b', { Value }), kv('get-tree', ''), kv('delete-tree', ''));
  await put('kv-put-below', '/v1/kv/shop/a/b', 'x');
  await put('kv-put-beside', '/v1/kv/shop/c', 'y');
  await read('kv-keys-separator', '/v1/kv/shop/?keys&separator=/');
  await read('kv-list-two', '/v1/kv/shop/?recurse=');
  await remove('kv-delete-tree', '/v1/kv/shop/?recurse');
}
