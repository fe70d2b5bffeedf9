import { expect, test } from 'vitest';
import type { ConnectionState, OpenOptions } from '../../shared/model/connection.ts';
import { openConsole } from './console.ts';
import { readCoordinates } from './coordinates.ts';
import { readPayment } from './payment.ts';

const peers = readCoordinates();
const shop = { namespaces: ['shop'] };

const sourceOf = (state: ConnectionState, connector: string) =>
  state.sources.find((source) => source.connector === connector);
const isFailing = (state: ConnectionState) => state.state === 'failing';
const hasLooked = (state: ConnectionState) =>
  state.state === 'open' &&
  sourceOf(state, 'kubernetes')?.state === 'live' &&
  ['istio', 'gateway-api', 'prometheus', 'envoy'].every((one) => sourceOf(state, one) !== undefined);

/** What the window is told of a context once it has been tried. */
async function stateOf(context: string, options: OpenOptions, expected = hasLooked) {
  await using console = await openConsole(peers);
  // Awaited here: a bare return would close the console first.
  return await console.open(context, options, expected);
}

test.each([
  ['expired', /127\.0\.0\.1:6443 does not accept these credentials \(401\).*Log in again/],
  ['gone', /Nothing listens at https:\/\/127\.0\.0\.1:9 \(connection refused\)/],
  ['nobody', /may not list services in all namespaces\. Name the namespaces you may see/],
  ['shop-viewer', /may not list services in all namespaces\. Name the namespaces you may see/],
] as const)('the context %s cannot be opened, and the reason is said in words', async (context, words) => {
  const { error } = await stateOf(context, {}, isFailing);
  expect(error).toMatch(words);
});

test('who may see nothing in the namespace they named is told so, with the server’s words', async () => {
  // Each kind that may not be listed is told as its answer comes; services are what the map is made of.
  const state = await stateOf(
    'nobody',
    shop,
    ({ error, sources }) => error?.includes('"services"') === true && sources.length === 4,
  );
  expect(state.error).toMatch(/not allowed.*"nobody" cannot list resource "services".*"shop"/);
  expect(sourceOf(state, 'prometheus')).toMatchObject({ state: 'absent' });
  expect(state.permissions.every((one) => one.allowed === false)).toBe(true);
});

test('who may only read one namespace sees its services, and why there are no figures', async () => {
  const state = await stateOf(
    'shop-viewer',
    shop,
    (now) => hasLooked(now) && sourceOf(now, 'istio')?.state === 'live',
  );
  expect(state).toMatchObject({ user: 'shop-viewer', namespaces: ['shop'], error: null, locked: true });
  expect(sourceOf(state, 'prometheus')).toMatchObject({
    state: 'absent',
    detail: expect.stringMatching(/have a Prometheus that you may reach\. Name its address/) as unknown,
    consequence: 'The map shows no figures, and a change cannot be measured.',
  });
  const patch = state.permissions.find(
    ({ verb, resource }) => verb === 'patch' && resource === 'virtualservices.networking.istio.io',
  );
  expect(patch?.allowed).toBe(false);
});

test('who may not write is told by the review, and nothing is sent', async () => {
  await using console = await openConsole(peers);
  await console.open('viewer', {}, hasLooked);
  const before = await readPayment(peers);
  const plan = await console.plan([95, 5]);
  expect(plan.guards.find((guard) => guard.id === 'access')).toMatchObject({
    verdict: 'block',
    title: 'You may not patch VirtualService shop/payment',
  });
  await expect(console.apply(plan)).rejects.toThrow(/You may not patch/);
  expect(await readPayment(peers)).toEqual(before);
});

test('weights that are all zero are refused before anybody is asked', async () => {
  await using console = await openConsole(peers);
  await console.open('admin', {}, hasLooked);
  const before = await readPayment(peers);
  await expect(console.plan([0, 0])).rejects.toThrow(/zero|100/);
  expect(await readPayment(peers)).toEqual(before);
});

test.each([
  ['viewer', {}, /through the API server, service monitoring\/prometheus:9090/],
  ['shop-operator', shop, /through the API server, service monitoring\/prometheus:9090/],
  // Named, and yet not to be listed: what may be reached there still is.
  [
    'shop-operator',
    { namespaces: ['shop', 'monitoring'] },
    /through the API server, service monitoring\/prometheus:9090/,
  ],
  [
    'shop-forwarder',
    { namespaces: ['shop', 'monitoring'] },
    /by port-forward to pod monitoring\/prometheus-server-/,
  ],
  [
    'shop-viewer',
    {
      ...shop,
      prometheus: {
        url: peers.prometheus?.url ?? '',
        headers: [{ name: 'X-Scope-OrgID', value: 'shop' }],
      },
    },
    /Prometheus 2\.\S+ at http:\/\/10\.77\.0\.1:9090/,
  ],
] as const)(
  '%s with %j reaches Prometheus in the way that is open to them',
  async (context, options, way) => {
    await using console = await openConsole(peers);
    const state = await console.open(
      context,
      options as OpenOptions,
      (now) => sourceOf(now, 'prometheus') !== undefined,
    );
    expect(sourceOf(state, 'prometheus')).toMatchObject({
      state: 'live',
      detail: expect.stringMatching(way) as unknown,
    });
    const signal = AbortSignal.timeout(20_000);
    for await (const tick of await console.client.signals.watch({ windowSeconds: 60 }, { signal })) {
      // The first tick can come before the first answer.
      if (/"requestsPerSecond":\d/.test(JSON.stringify(tick))) return;
    }
    throw new Error('no figures came');
  },
);

test('a Prometheus that answers something else is named with what came back', async () => {
  const prometheus = { url: `${peers.worldUrl}/_count`, headers: [] };
  const state = await stateOf('shop-viewer', { ...shop, prometheus });
  expect(sourceOf(state, 'prometheus')).toMatchObject({
    state: 'absent',
    detail: expect.stringMatching(/127\.0\.0\.1:17000.* is no Prometheus/) as unknown,
  });
});
