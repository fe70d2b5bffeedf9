import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { consul } from '../../shared/connectors/consul/connector.ts';
import { envoy } from '../../shared/connectors/envoy/connector.ts';
import type { Proof, Session } from '../../shared/connectors/kit/connector.ts';
import type { Expectation, Served, Shares } from '../../shared/model/change.ts';
import { hostOf } from '../conformance/cluster.ts';
import { signal } from '../conformance/weights.ts';
import { consulShop } from './consulRun.ts';
import type { ConsulPeer } from './start/consul.ts';
import { consulTokens, paymentSplitter, shopPorts } from './start/consulShop.ts';
import { waitFor } from './start/processes.ts';

const host = 'payment.service.dc1.consul';
const common = { host, namespace: 'default' };
const order = { namespace: 'default', name: 'order' };

let peer: ConsulPeer;
let session: Session;
let proxies: Session;

beforeAll(async () => {
  peer = await consulShop();
  session = await consul.open(
    { address: peer.url, token: consulTokens.operator, mayLeadTo: `10.201.0.0/16:${shopPorts.admin}` },
    hostOf(),
  );
  const found = await session.offers?.find(signal);
  const offer = found?.offers.find(({ connector }) => connector === 'envoy');
  if (offer === undefined) throw new Error(`no proxy was offered: ${JSON.stringify(found?.absent)}`);
  proxies = await envoy.open(envoy.settings.parse(offer.settings), hostOf(offer.lent));
}, 120_000);

afterAll(async () => {
  await proxies[Symbol.asyncDispose]();
  await session[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
}, 60_000);

const loaded = async (expectation: Expectation): Promise<Proof> => {
  const proof = await proxies.proof?.loaded(expectation, Date.now(), signal);
  if (proof == null) throw new Error('Envoy says nothing of it');
  return proof;
};
const seen = (expectation: Expectation): Promise<Proof> =>
  waitFor('every caller’s proxy to follow', { limitMs: 5_000 }, async () => {
    const proof = await loaded(expectation);
    return proof.state === 'seen' ? proof : null;
  });

const shares = (v1: number, v2: number): Shares => ({
  ...common,
  kind: 'shares',
  splitId: 'payment',
  gateways: ['mesh'],
  ambiguous: null,
  destinations: [
    { index: 0, host, subset: 'v1', version: 'v1', share: v1 / 100 },
    { index: 1, host, subset: 'v2', version: 'v2', share: v2 / 100 },
  ],
});
const refused: Expectation = {
  ...common,
  kind: 'refusals',
  caller: order,
  status: 503,
  flags: ['UO'],
  how: 'limit',
};
const served: Served = { ...common, kind: 'served', caller: order, flags: ['UO'], how: 'limit' };

const put = async (entry: object): Promise<void> => {
  expect((await peer.call('PUT', '/v1/config', entry)).text).toContain('true');
};
const defaults = (limits?: object): object => ({
  Kind: 'service-defaults',
  Name: 'order',
  Protocol: 'http',
  ...(limits === undefined ? {} : { UpstreamConfig: { Overrides: [{ Name: 'payment', Limits: limits }] } }),
});

describe('what Consul’s Envoys hold', () => {
  test('is read of those alone that the operator approved', async () => {
    expect(proxies.peer.version).toMatch(/^1\.40\./);
    await using narrow = await consul.open(
      { address: peer.url, token: consulTokens.operator, mayLeadTo: '10.201.9.0/24' },
      hostOf(),
    );
    const offer = (await narrow.offers?.find(signal))?.offers.find(({ connector }) => connector === 'envoy');
    await expect(envoy.open(envoy.settings.parse(offer?.settings), hostOf(offer?.lent))).rejects.toThrow(
      /not within what you approved/,
    );
    await using none = await consul.open({ address: peer.url, token: consulTokens.operator }, hostOf());
    const found = await none.offers?.find(signal);
    expect(found?.absent.find(({ connector }) => connector === 'envoy')?.detail).toContain(
      'none was approved',
    );
  });

  test('are weights that each caller’s proxy is seen to follow', async () => {
    expect(await seen(shares(70, 30))).toMatchObject({
      detail: expect.stringContaining('2 of 2') as unknown,
    });
    expect(await loaded(shares(60, 40))).toMatchObject({
      state: 'waiting',
      detail: expect.stringContaining('v1 70 %, v2 30 %') as unknown,
    });
    await put({
      ...paymentSplitter,
      Splits: [
        { Weight: 66.67, ServiceSubset: 'v1' },
        { Weight: 33.33, ServiceSubset: 'v2' },
      ],
    });
    await seen(shares(66.67, 33.33));
    await put(paymentSplitter);
    await seen(shares(70, 30));
  });

  test('M10 a proxy that is gone is never counted as one that follows; anew, it is asked again', async () => {
    const running = peer.sidecars.get('edge-v1-1');
    if (running === undefined) throw new Error('edge has no sidecar');
    process.kill(running.pid, 'SIGSTOP');
    try {
      expect(await loaded(shares(70, 30))).toMatchObject({
        state: 'waiting',
        detail: expect.stringContaining('1 of 2') as unknown,
      });
    } finally {
      process.kill(running.pid, 'SIGCONT');
    }
    await peer.restartSidecar('edge-v1-1');
    await seen(shares(70, 30));
  });

  test('are limits: a trip is in force when the proxy itself refuses, and never because Consul reads it back', async () => {
    expect(await loaded(refused)).toMatchObject({ state: 'waiting' });
    await put(defaults({}));
    // Consul answers "true", gives back 0, and tells no proxy: 0 and nothing at all have one hash.
    await put(defaults({ MaxConcurrentRequests: 0 }));
    const { text } = await peer.call('GET', '/v1/config/service-defaults/order');
    expect(text).toContain('"MaxConcurrentRequests": 0');
    // For longer than any write took that reached a proxy.
    for (const until = Date.now() + 3_000; Date.now() < until;)
      expect(await loaded(refused)).toMatchObject({ state: 'waiting' });
    await put(defaults());
    await seen(served);
    await put(defaults({ MaxConcurrentRequests: 0 }));
    await seen(refused);
    const sightings = await waitFor('refused calls', { limitMs: 20_000 }, async () => {
      const read = await proxies.sightings?.read([host], signal);
      return read?.proxies.some((one) => one.instance === 'order-v1-1' && (one.refused ?? 0) > 0)
        ? read
        : null;
    });
    expect(sightings.problems).toEqual([]);
    expect(sightings.proxies.find(({ instance }) => instance === 'edge-v1-1')?.refused ?? 0).toBe(0);
    await put(defaults());
    await seen(served);
    expect(await loaded(refused)).toMatchObject({ state: 'waiting' });
  });

  test('take no trip in their memory, which is said and not tried', async () => {
    const call = { calleeId: 'conformance/default/payment', host, caller: { ...order, id: 'order' } };
    const options = await proxies.isolation?.options(call, signal);
    expect(options).toMatchObject([
      {
        mechanism: 'runtime',
        unavailable: expect.stringMatching(/^None of 1 proxy of order has a runtime/) as unknown,
      },
    ]);
    await expect(
      proxies.isolation?.plan(
        { kind: 'trip', connectionId: 'conformance', call, mechanism: { kind: 'runtime' }, forSeconds: 60 },
        signal,
      ),
    ).rejects.toThrow(/admin_layer/);
  });
});
