import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProtectionForm } from '../../shared/model/protection.ts';
import { carryOut, undo } from '../conformance/consulEdits.ts';
import { editsOf, fieldOf, setting } from '../conformance/protections.ts';
import { changeOf, guardsOf, signal } from '../conformance/weights.ts';
import { type OpenedShop, openShop } from './consulShopOpened.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { waitFor } from './start/processes.ts';

const host = 'payment.service.dc1.consul';
const soon = { limitMs: 5_000 };
let shop: OpenedShop;

beforeAll(async () => {
  shop = await openShop();
}, 120_000);
afterAll(() => shop[Symbol.asyncDispose](), 60_000);

async function formOf(title: RegExp, service = 'payment'): Promise<ProtectionForm> {
  const key = { namespace: 'default', name: service, hosts: [`${service}.service.dc1.consul`] };
  const forms = (await shop.session.protections?.forms?.(key, signal)) ?? [];
  const found = forms.find((form) => title.test(form.title));
  if (found === undefined)
    throw new Error(`no form is called ${String(title)}: ${forms.map((form) => form.title).join('; ')}`);
  return found;
}
const ofOrder = /^Limits and ejection for calls of order to payment$/;
const put = async (entry: object): Promise<void> => {
  expect((await shop.peer.call('PUT', '/v1/config', entry)).text).toContain('true');
};
const orderDefaults = (more: object = {}) => ({
  Kind: 'service-defaults',
  Name: 'order',
  Protocol: 'http',
  ...more,
});
/** Waits until the form shows what was written by others. */
const fresh = (title: RegExp, isIt: (form: ProtectionForm) => boolean) =>
  waitFor('the form to follow', soon, async () => {
    const form = await formOf(title);
    return isIt(form) ? form : null;
  });

describe('protections in a real Consul mesh', () => {
  test('a limit written by a form is in each proxy of the caller, refuses what is beyond it, and undone it is gone', async () => {
    const before = await shop.entry('service-defaults/order');
    const form = await formOf(ofOrder);
    expect(fieldOf(form, 'MaxConcurrentRequests')).toMatchObject({
      value: null,
      whenUnset: '1024, Envoy’s own',
    });
    const operation = setting(form, {
      MaxConcurrentRequests: 1,
      MaxPendingRequests: '1',
      MaxConnections: '1',
    });
    const control = editsOf(shop.session);
    const at = Date.now();
    const write = await carryOut(control, operation);
    expect(new Set(Object.values(guardsOf(write)))).toEqual(new Set(['pass']));
    await shop.proven(write.expectation);
    const loadedMs = Date.now() - at;
    expect(await control.verify(changeOf(write), signal)).toMatchObject({ state: 'after' });
    const delay = async (delayMs: number): Promise<void> => {
      for (const one of ['payment-v1', 'payment-v2'])
        await fetch(`${shop.peer.worldUrl}/_mode?service=${one}&delayMs=${delayMs}`, { method: 'POST' });
    };
    // Long enough for all of them to be asked before the first has answered.
    await delay(1_000);
    const said = await Promise.all(Array.from({ length: 24 }, () => shop.ask()));
    await delay(3);
    expect(said.filter((one) => one.includes('reset reason: overflow')).length).toBeGreaterThan(5);
    expect(said.some((one) => one.startsWith('payment'))).toBe(true);
    const declared = shop.session.protections?.declared().get(host) ?? [];
    expect(declared.map(({ text }) => text)).toContain('at most 1 requests at once from each proxy of order');
    const back = await undo(control, operation, write);
    await shop.proven(back.expectation);
    expect(await shop.entry('service-defaults/order')).toEqual(before);
    noteFigure(
      readCoordinates(),
      'consul',
      `Consul mesh: a limit written by a form was in the caller's proxies after ${loadedMs} ms`,
    );
  });

  test('a limit of 0 that somebody left is taken away so that the proxies hear of it, though both have one hash', async () => {
    await put(
      orderDefaults({
        UpstreamConfig: {
          Overrides: [{ Name: 'payment', ConnectTimeoutMs: 4_000, Limits: { MaxConcurrentRequests: 0 } }],
        },
      }),
    );
    await waitFor('overflow', soon, async () => (await shop.ask()).includes('overflow'));
    const form = await fresh(ofOrder, (one) => fieldOf(one, 'MaxConcurrentRequests').value === 0);
    const control = editsOf(shop.session);
    await expect(control.plan(setting(form, { MaxPendingRequests: 0 }), signal)).rejects.toThrow(
      /whole number from 1/,
    );
    const operation = setting(form, { MaxConcurrentRequests: null });
    const write = await carryOut(control, operation);
    await shop.proven(write.expectation);
    await waitFor('payments', soon, async () => (await shop.ask()).startsWith('payment'));
    // And back: what was 0 before is 0 again, in the proxies too.
    const back = await undo(control, operation, write);
    await shop.proven(back.expectation);
    await waitFor('overflow', soon, async () => (await shop.ask()).includes('overflow'));
    await put(orderDefaults());
  });

  test('an instance that fails is ejected as the form says, seen in the caller’s proxy', async () => {
    const form = await fresh(ofOrder, (one) => fieldOf(one, 'MaxConcurrentRequests').value === null);
    const operation = setting(form, {
      MaxFailures: 3,
      Interval: '1s',
      BaseEjectionTime: '60s',
      MaxEjectionPercent: 100,
    });
    const control = editsOf(shop.session);
    const write = await carryOut(control, operation);
    await shop.proven(write.expectation);
    const shown = await fresh(ofOrder, (one) => fieldOf(one, 'MaxFailures').value === 3);
    expect(fieldOf(shown, 'BaseEjectionTime').value).toBe('60s');
    await fetch(`${shop.peer.worldUrl}/_mode?service=payment-v2&failRatio=1`, { method: 'POST' });
    await waitFor('an ejection', { limitMs: 20_000 }, async () => {
      await Promise.all(Array.from({ length: 10 }, () => shop.ask()));
      const read = await shop.proxies.sightings?.read([host], signal);
      return read?.proxies.some(
        ({ instance, subset, ejected }) => instance === 'order-v1-1' && subset === 'v2' && ejected === 1,
      );
    });
    await fetch(`${shop.peer.worldUrl}/_mode?service=payment-v2&failRatio=0`, { method: 'POST' });
    const back = await undo(control, operation, write);
    await shop.proven(back.expectation);
  });

  test('an override takes the place of the defaults as a whole, which the review says before', async () => {
    await put(orderDefaults({ UpstreamConfig: { Defaults: { Limits: { MaxPendingRequests: 50 } } } }));
    const form = await fresh(ofOrder, (one) => fieldOf(one, 'MaxPendingRequests').whenUnset.startsWith('50'));
    expect(fieldOf(form, 'MaxConnections').trap).toContain('replaces the whole Limits');
    const control = editsOf(shop.session);
    const operation = setting(form, { MaxConcurrentRequests: 32 });
    const plan = await control.plan(operation, signal);
    expect(guardsOf(plan)).toMatchObject({ 'replaces-Limits': 'tick' });
    const write = await carryOut(control, operation);
    expect(write.expectation).toMatchObject({
      inProxies: { limits: { waiting: null, requests: 32, connections: null } },
    });
    await shop.proven(write.expectation);
    await put(orderDefaults());
  });

  test('a time-out for all calls is in the route of every caller, and callers get 504; weights stay', async () => {
    const splitter = await shop.entry('service-splitter/payment');
    const form = await formOf(/^Time-out and retries of payment for all requests$/);
    const control = editsOf(shop.session);
    await expect(control.plan(setting(form, { NumRetries: 2 }), signal)).rejects.toThrow(
      /alone retries nothing/,
    );
    const operation = setting(form, {
      RequestTimeout: '100ms',
      NumRetries: 2,
      RetryOnConnectFailure: 'true',
    });
    const write = await carryOut(control, operation);
    expect(guardsOf(write)).toMatchObject({ access: 'pass', protocol: 'pass' });
    await shop.proven(write.expectation);
    for (const version of ['v1', 'v2'])
      await fetch(`${shop.peer.worldUrl}/_mode?service=payment-${version}&delayMs=400`, { method: 'POST' });
    await waitFor('time-outs', soon, async () => (await shop.ask()).startsWith('504'));
    for (const version of ['v1', 'v2'])
      await fetch(`${shop.peer.worldUrl}/_mode?service=payment-${version}&delayMs=3`, { method: 'POST' });
    const back = await undo(control, operation, write);
    await shop.proven(back.expectation);
    expect(await shop.entry('service-router/payment')).toBeNull();
    expect(await shop.entry('service-splitter/payment')).toEqual(splitter);
  });

  test('a failover answers while no instance passes its checks, and payment itself again as soon as one does', async () => {
    const before = await shop.entry('service-resolver/payment');
    const form = await formOf(/^Failover of payment$/);
    const control = editsOf(shop.session);
    expect(guardsOf(await control.plan(setting(form, { Service: 'payment' }), signal))).toMatchObject({
      fallback: 'block',
    });
    const operation = setting(form, { Service: 'cashdesk' });
    const write = await carryOut(control, operation);
    expect(guardsOf(write)).toMatchObject({ fallback: 'pass' });
    await shop.proven(write.expectation);
    expect(await shop.ask()).toMatch(/^payment/);
    expect(
      shop.session.protections
        ?.declared()
        .get(host)
        ?.map(({ kind }) => kind),
    ).toContain('fallback');
    const instances = ['payment-v1-1', 'payment-v1-2', 'payment-v2-1'];
    const maintain = (enable: boolean) =>
      Promise.all(
        instances.map((id) => shop.peer.call('PUT', `/v1/agent/service/maintenance/${id}?enable=${enable}`)),
      );
    const at = Date.now();
    await maintain(true);
    await waitFor('answers of cashdesk', soon, async () => (await shop.ask()) === 'cashdesk v1');
    const overMs = Date.now() - at;
    for (let call = 0; call < 20; call += 1) expect(await shop.ask()).toBe('cashdesk v1');
    await maintain(false);
    await waitFor('payments', soon, async () => (await shop.ask()).startsWith('payment'));
    // A limit is on what stands behind the failover, never on the aggregate that routes name.
    const limit = setting(await formOf(ofOrder), { MaxConcurrentRequests: 7 });
    const limited = await carryOut(control, limit);
    await shop.proven(limited.expectation);
    await shop.proven((await undo(control, limit, limited)).expectation);
    const back = await undo(control, operation, write);
    await shop.proven(back.expectation);
    expect(await shop.entry('service-resolver/payment')).toEqual(before);
    noteFigure(
      readCoordinates(),
      'consul',
      `Consul mesh: with all instances gone a failover answered after ${overMs} ms`,
    );
  });

  test('what somebody else wrote meanwhile stays, a stale plan is refused, and a viewer is told before', async () => {
    const control = editsOf(shop.session);
    const form = await formOf(ofOrder);
    const operation = setting(form, { MaxConcurrentRequests: 9 });
    // The very same would be taken: Consul looks at no index where nothing changes.
    const stale = await control.plan(setting(form, { MaxConcurrentRequests: 8 }), signal);
    const write = await carryOut(control, operation);
    await expect(control.apply(stale, signal)).rejects.toMatchObject({ kind: 'conflict' });
    const { CreateIndex: _, ...entry } = (await shop.entry('service-defaults/order')) as Record<
      string,
      unknown
    >;
    await put({ ...entry, Meta: { note: 'of another' } });
    await undo(control, operation, write);
    expect(await shop.entry('service-defaults/order')).toMatchObject({ Meta: { note: 'of another' } });
    expect(JSON.stringify(await shop.entry('service-defaults/order'))).not.toContain('MaxConcurrentRequests');
    await put(orderDefaults());
    await using viewer = await shop.openAs('viewer');
    const refused = await waitFor('the viewer’s picture', soon, () =>
      editsOf(viewer).plan(operation, signal),
    );
    expect(guardsOf(refused)).toMatchObject({ access: 'block' });
    await expect(editsOf(viewer).apply(refused, signal)).rejects.toMatchObject({ kind: 'forbidden' });
  });
});
