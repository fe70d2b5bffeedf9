import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { Control, DeclaredControl, PlannedWrite } from '../../shared/connectors/kit/control.ts';
import type { GreyMatch, Operation, SetRouting } from '../../shared/model/operation.ts';
import type { ProtectionForm } from '../../shared/model/protection.ts';
import type { GreyRoute } from '../../shared/model/routing.ts';
import type { Split } from '../../shared/model/weights.ts';
import { hostOf, until } from './cluster.ts';
import type { ConsulMeshUnderTest } from './consulTrips.ts';
import { editsOf, fieldOf, setting } from './protections.ts';
import { changeOf, guardsOf, signal, weightsOf } from './weights.ts';

const host = 'payment.service.dc1.consul';
const canary = { name: 'x-canary', value: 'yes', how: 'exact' } as const;

/** Plans and applies as the console does; the changes are as the journal has them. */
export async function carryOut<O extends Operation>(
  control: Control<O>,
  operation: O,
): Promise<PlannedWrite> {
  return await send(control, await control.plan(operation, signal));
}

/** Takes it back as the console does. */
export async function undo<O extends Operation>(
  control: Control<O>,
  operation: O,
  { changes }: PlannedWrite,
): Promise<PlannedWrite> {
  return await send(control, await control.planUndo(operation, changes, signal));
}

async function send<O extends Operation>(control: Control<O>, plan: PlannedWrite): Promise<PlannedWrite> {
  const { revisions } = await control.apply(plan, signal);
  return {
    ...plan,
    changes: plan.changes.map((change, position) => {
      const { document = change.document, after } = revisions[position] ?? {};
      return { ...change, document, after: after ?? change.after };
    }),
  };
}

export function routingOf({ routing }: Session): DeclaredControl<SetRouting, GreyRoute> {
  if (routing === undefined) throw new Error('the session routes nothing');
  return routing;
}

/** Payment's split. */
export async function splitOfPayment(session: Session): Promise<Split> {
  const isIt = ({ document }: Split): boolean => document.name === 'payment';
  const all = await until(
    (stop) => weightsOf(session).watch(stop, () => undefined),
    (splits) => splits.some(isIt),
  );
  return all.find(isIt) as Split;
}

export const addRoute = (
  { id, revision }: Split,
  name: string,
  match: Partial<GreyMatch>,
  destination = 1,
): SetRouting => ({
  kind: 'setRouting',
  connectionId: hostOf().connectionId,
  splitId: id,
  revision,
  change: {
    kind: 'addRoute',
    name,
    match: { headers: [], cookie: null, caller: null, ...match },
    destination,
  },
});

/** Protections and grey routes as Consul's entries hold them, and what callers' proxies then have. */
export function consulEdits(name: string, start: () => Promise<ConsulMeshUnderTest>): void {
  describe(`entries edited in ${name}`, () => {
    let mesh: ConsulMeshUnderTest;
    let session: Session;
    beforeAll(async () => {
      mesh = await start();
      session = await mesh.openAs('operator');
    }, 120_000);
    afterAll(async () => {
      await session[Symbol.asyncDispose]();
      await mesh[Symbol.asyncDispose]();
    }, 60_000);

    const entry = async (path: string): Promise<unknown> => {
      const { status, text } = await mesh.call('GET', `/v1/config/${path}?consistent`);
      if (status === 404) return null;
      const { ModifyIndex: _, Hash: _hash, ...rest } = JSON.parse(text) as Record<string, unknown>;
      return rest;
    };
    const put = async (content: object): Promise<void> => {
      expect((await mesh.call('PUT', '/v1/config', content)).text).toContain('true');
    };
    const orderDefaults = (more: object = {}) =>
      put({ Kind: 'service-defaults', Name: 'order', Protocol: 'http', ...more });
    /** The form once it shows what is wanted. */
    async function formOf(
      title: RegExp,
      isIt: (form: ProtectionForm) => boolean = () => true,
    ): Promise<ProtectionForm> {
      const key = { namespace: 'default', name: 'payment', hosts: [host] };
      for (const from = Date.now(); Date.now() - from < 5_000;) {
        const forms = (await session.protections?.forms?.(key, signal)) ?? [];
        const found = forms.find((form) => title.test(form.title));
        if (found !== undefined && isIt(found)) return found;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`no such form: ${String(title)}`);
    }
    const ofOrder = /^Limits and ejection for calls of order to payment$/;

    test('there is a form for each caller, for the calls themselves and for the failover', async () => {
      const key = { namespace: 'default', name: 'payment', hosts: [host] };
      const forms = (await session.protections?.forms?.(key, signal)) ?? [];
      expect(forms.map(({ title }) => title)).toEqual([
        'Limits and ejection for calls of edge to payment',
        'Limits and ejection for calls of order to payment',
        'Time-out and retries of payment for all requests',
        'Failover of payment',
      ]);
      expect(fieldOf(forms[1] as ProtectionForm, 'MaxConcurrentRequests')).toMatchObject({
        value: null,
        whenUnset: '1024, Envoy’s own',
        trap: expect.stringContaining('cannot be 0') as unknown,
      });
      const declared = session.protections?.declared().get(host) ?? [];
      expect(declared.map(({ kind }) => kind)).toEqual(['timeout', 'ejection']);
    });

    test('limits and ejection are written, read back by the form, and undone without what another wrote', async () => {
      const before = await entry('service-defaults/order');
      const operation = setting(await formOf(ofOrder), {
        MaxConcurrentRequests: 500,
        MaxFailures: '7',
        BaseEjectionTime: '1m30s',
        EnforcingConsecutive5xx: 100,
      });
      const control = editsOf(session);
      const write = await carryOut(control, operation);
      expect(new Set(Object.values(guardsOf(write)))).toEqual(new Set(['pass']));
      await mesh.proven(write.expectation);
      expect(await control.verify(changeOf(write), signal)).toMatchObject({ state: 'after' });
      const shown = await formOf(ofOrder, (form) => fieldOf(form, 'MaxFailures').value === 7);
      expect(fieldOf(shown, 'BaseEjectionTime').value).toBe('90s');
      const back = await undo(control, operation, write);
      await mesh.proven(back.expectation);
      expect(await entry('service-defaults/order')).toEqual(before);

      const again = await carryOut(control, operation);
      const { CreateIndex: _, ...live } = (await entry('service-defaults/order')) as Record<string, unknown>;
      await put({ ...live, Meta: { note: 'of another' } });
      await undo(control, operation, again);
      const left = JSON.stringify(await entry('service-defaults/order'));
      expect(left).toContain('of another');
      expect(left).not.toContain('MaxConcurrentRequests');
      await orderDefaults();
    });

    test('what has the same hash as before is written so that proxies hear of it', async () => {
      await orderDefaults({
        UpstreamConfig: {
          Overrides: [{ Name: 'payment', ConnectTimeoutMs: 4_000, Limits: { MaxConcurrentRequests: 0 } }],
        },
      });
      const form = await formOf(ofOrder, (one) => fieldOf(one, 'MaxConcurrentRequests').value === 0);
      // Until proxies have that too, what they hold looks like the way back.
      await until(
        async function* (stop) {
          while (!stop.aborted) yield await mesh.ask('order');
        },
        (answer) => answer.includes('overflow'),
      );
      const control = editsOf(session);
      await expect(control.plan(setting(form, { MaxPendingRequests: 0 }), signal)).rejects.toThrow(
        /whole number from 1/,
      );
      const operation = setting(form, { MaxConcurrentRequests: null });
      const write = await carryOut(control, operation);
      expect(changeOf(write).after).toContain('podium-touched');
      await mesh.proven(write.expectation);
      expect(await mesh.ask('order')).toBe('payment');
      const back = await undo(control, operation, write);
      await mesh.proven(back.expectation);
      expect(await mesh.ask('order')).toContain('overflow');
      await orderDefaults();
    });

    test('a time-out makes a router of its own, which goes when it is undone; a failover stands in the resolver', async () => {
      const control = editsOf(session);
      const calls = await formOf(/^Time-out and retries of payment for all requests$/);
      await expect(control.plan(setting(calls, { NumRetries: 2 }), signal)).rejects.toThrow(
        /alone retries nothing/,
      );
      const timeout = setting(calls, { RequestTimeout: '2s', NumRetries: 2, RetryOnStatusCodes: '502, 503' });
      const written = await carryOut(control, timeout);
      expect(guardsOf(written)).toMatchObject({ 'repeats-begun-requests': 'tick', protocol: 'pass' });
      await mesh.proven(written.expectation);
      expect(await mesh.ask('order')).toBe('payment');
      const route = await formOf(/^Time-out and retries of payment where all requests$/);
      expect(fieldOf(route, 'RequestTimeout').value).toBe('2s');
      expect(fieldOf(route, 'RetryOnStatusCodes').value).toBe('502,503');
      await undo(control, timeout, written);
      expect(await entry('service-router/payment')).toBeNull();

      const before = await entry('service-resolver/payment');
      const form = await formOf(/^Failover of payment$/);
      for (const wrong of [{ Service: 'payment' }, { ServiceSubset: 'v9' }])
        expect(guardsOf(await control.plan(setting(form, wrong), signal))).toMatchObject({
          fallback: 'block',
        });
      const operation = setting(form, { Service: 'cashdesk' });
      const failover = await carryOut(control, operation);
      expect(guardsOf(failover)).toMatchObject({ fallback: 'pass' });
      await mesh.proven(failover.expectation);
      expect(await mesh.ask('order')).toBe('payment');
      await undo(control, operation, failover);
      expect(await entry('service-resolver/payment')).toEqual(before);
    });

    test('what is owned by Kubernetes, held by a trip, or not to be written by this token is said before', async () => {
      const control = editsOf(session);
      const form = await formOf(ofOrder);
      const operation = setting(form, { MaxConcurrentRequests: 9 });
      await orderDefaults({ Meta: { 'external-source': 'kubernetes' } });
      expect(guardsOf(await control.plan(operation, signal))).toMatchObject({
        ownership: 'tick',
        seen: 'tick',
      });
      await orderDefaults();
      await using viewer = await mesh.openAs('viewer');
      await splitOfPayment(viewer);
      const refused = await editsOf(viewer).plan(operation, signal);
      expect(guardsOf(refused)).toMatchObject({ access: 'block' });
      await expect(editsOf(viewer).apply(refused, signal)).rejects.toMatchObject({ kind: 'forbidden' });
      const split = await splitOfPayment(session);
      const route = await routingOf(viewer).plan(addRoute(split, 'canary', { headers: [canary] }), signal);
      expect(guardsOf(route)).toMatchObject({ access: 'block' });

      const { isolation } = session;
      if (isolation === undefined) throw new Error('the session has no isolation');
      const trip = await isolation.plan(
        {
          kind: 'trip',
          connectionId: hostOf().connectionId,
          call: { calleeId: 'payment', host, caller: { id: 'order', namespace: 'default', name: 'order' } },
          mechanism: { kind: 'refuse', status: 503 },
          forSeconds: 300,
        },
        signal,
      );
      await isolation.apply(trip, signal);
      await expect(control.plan(operation, signal)).rejects.toThrow(/holds a trip by these limits/);
      expect((await formOf(ofOrder, (one) => one.readOnly !== null)).readOnly).toContain(
        'End the trip first',
      );
      await orderDefaults();
      await formOf(ofOrder, (one) => one.readOnly === null);
    });

    test('grey routes are made, listed, told from others’ and ended; a stale plan is a conflict', async () => {
      const routing = routingOf(session);
      const split = await splitOfPayment(session);
      const splitter = await entry('service-splitter/payment');
      const listed = (isIt: (all: readonly GreyRoute[]) => boolean): Promise<readonly GreyRoute[]> =>
        until((stop) => routing.watch(stop, () => undefined), isIt);
      expect(split.beside).toEqual({ by: ['header', 'cookie', 'path'], mirror: false });
      await put({
        Kind: 'service-router',
        Name: 'payment',
        Routes: [{ Match: { HTTP: { Methods: ['DELETE'] } }, Destination: { ServiceSubset: 'v1' } }],
      });
      const before = await entry('service-router/payment');
      await listed((all) => all.length === 1);
      const operation = addRoute(split, 'canary', {
        headers: [canary],
        path: { value: '/pay', how: 'prefix' },
      });
      const stale = await routing.plan(addRoute(split, 'stale', { headers: [canary] }), signal);
      const write = await carryOut(routing, operation);
      expect(guardsOf(write)).toMatchObject({ destination: 'pass', shadowed: 'tick', access: 'pass' });
      await expect(routing.apply(stale, signal)).rejects.toMatchObject({ kind: 'conflict' });
      await mesh.proven(write.expectation);
      expect(await routing.verify(changeOf(write), signal)).toMatchObject({ state: 'after' });
      const all = await listed((routes) => routes.length === 2);
      expect(all).toMatchObject([
        { name: 'route 1', ours: false, match: null, destination: 0 },
        {
          name: 'podium-grey-canary',
          ours: true,
          destination: 1,
          to: 'payment v2',
          match: { headers: [canary], path: { value: '/pay', how: 'prefix' } },
          splitId: split.id,
        },
      ]);
      const hidden = addRoute(split, 'hidden', {
        headers: [canary],
        path: { value: '/pay/now', how: 'exact' },
      });
      expect(guardsOf(await routing.plan(hidden, signal))).toMatchObject({ shadowed: 'block' });
      const back = await undo(routing, operation, write);
      await mesh.proven(back.expectation);
      expect(await entry('service-router/payment')).toEqual(before);
      await mesh.call('DELETE', '/v1/config/service-router/payment');
      await listed((routes) => routes.length === 0);

      const made = await carryOut(routing, operation);
      await listed((routes) => routes.length === 1);
      const removal: SetRouting = {
        ...operation,
        change: { kind: 'removeRoute', routeName: 'podium-grey-canary' },
      };
      const ended = await carryOut(routing, removal);
      expect(await routing.verify(changeOf(ended), signal)).toMatchObject({ state: 'after' });
      await mesh.proven(ended.expectation);
      expect(await entry('service-router/payment')).toBeNull();
      await expect(routing.planUndo(operation, made.changes, signal)).rejects.toMatchObject({
        kind: 'refused',
      });
      await undo(routing, removal, ended);
      expect(await listed((routes) => routes.length === 1)).toMatchObject([{ ours: true }]);
      await carryOut(routing, removal);
      expect(await entry('service-splitter/payment')).toEqual(splitter);
    });
  });
}
