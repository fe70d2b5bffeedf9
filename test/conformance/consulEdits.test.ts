import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../shared/connectors/kit/connector.ts';
import type { Control, PlannedWrite } from '../../shared/connectors/kit/control.ts';
import type { Operation } from '../../shared/model/operation.ts';
import type { ProtectionForm } from '../../shared/model/protection.ts';
import { hostOf, until } from './cluster.ts';
import { editsOf, setting } from './protections.ts';
import { beta, type SimulatedMesh, startSimulatedMesh } from './simulatedConsul.ts';
import { shift, signal, weightsOf } from './weights.ts';

const host = 'payment.service.dc1.consul';
let mesh: SimulatedMesh;
let session: Session;

beforeEach(async () => {
  mesh = await startSimulatedMesh();
  session = await mesh.openAs('operator');
});
afterEach(async () => {
  await session[Symbol.asyncDispose]();
  await mesh[Symbol.asyncDispose]();
});

async function formOf(title: RegExp): Promise<ProtectionForm> {
  const key = { namespace: 'default', name: 'payment', hosts: [host] };
  const forms = (await session.protections?.forms?.(key, signal)) ?? [];
  const found = forms.find((form) => title.test(form.title));
  if (found === undefined) throw new Error(forms.map((form) => form.title).join('; '));
  return found;
}
const ofOrder = /^Limits and ejection for calls of order to payment$/;

async function carryOut<O extends Operation>(control: Control<O>, operation: O): Promise<PlannedWrite> {
  const plan = await control.plan(operation, signal);
  await control.apply(plan, signal);
  return plan;
}
const paymentSplit = async () => {
  const splits = await until(
    (stop) => weightsOf(session).watch(stop, () => undefined),
    (all) => all.some(({ document }) => document.name === 'payment'),
  );
  const split = splits.find(({ document }) => document.name === 'payment');
  if (split === undefined) throw new Error('payment has no split');
  return split;
};
/** Who answered, or what was said instead, over some seconds once the write is with the proxies. */
function ends(seconds = 5): string[] {
  mesh.count(1);
  return [...mesh.count(seconds).keys()].sort();
}

describe('what the forms write acts in the simulated Consul mesh', () => {
  test('a limit refuses what is beyond it by overflow, and taken back it refuses nothing', async () => {
    mesh.setMode('v1', { delayMs: 200 });
    mesh.setMode('v2', { delayMs: 200 });
    const operation = setting(await formOf(ofOrder), { MaxConcurrentRequests: 4 });
    const write = await carryOut(editsOf(session), operation);
    mesh.count(15);
    expect(ends().join()).toMatch(/reset reason: overflow,payment v1,payment v2/);
    await editsOf(session).apply(await editsOf(session).planUndo(operation, write.changes, signal), signal);
    expect(ends()).toEqual(['payment v1', 'payment v2']);
  });

  test('an instance that fails is ejected, and nobody else is asked for a version that has no other', async () => {
    const operation = setting(await formOf(ofOrder), {
      MaxFailures: 3,
      Interval: '1s',
      BaseEjectionTime: '60s',
      MaxEjectionPercent: 100,
    });
    await carryOut(editsOf(session), operation);
    mesh.setMode('v2', { failRatio: 1 });
    mesh.count(5);
    expect(ends()).toEqual(['503 UH', 'payment v1']);
  });

  test('a time-out ends calls that take longer', async () => {
    const form = await formOf(/^Time-out and retries of payment for all requests$/);
    await carryOut(editsOf(session), setting(form, { RequestTimeout: '100ms' }));
    expect(ends()).toEqual(['payment v1', 'payment v2']);
    mesh.setMode('v1', { delayMs: 800 });
    mesh.setMode('v2', { delayMs: 800 });
    expect(ends()).toEqual(['504 UT']);
  });

  test('a failover answers while no instance passes its checks, and payment itself once one does', async () => {
    await carryOut(editsOf(session), setting(await formOf(/^Failover of payment$/), { Service: 'cashdesk' }));
    expect(ends()).toEqual(['payment v1', 'payment v2']);
    const instances = ['payment-v1-1', 'payment-v1-2', 'payment-v2-1'];
    for (const id of instances) mesh.setHealth(id, false);
    expect(ends()).toEqual(['cashdesk v1']);
    mesh.setHealth('payment-v1-2', true);
    expect(ends()).toEqual(['cashdesk v1', 'payment v1']);
  });

  test('a grey route sends those with a header to the version that is meant, and all others by the weights', async () => {
    await carryOut(weightsOf(session), shift(await paymentSplit(), [100, 0]));
    expect(ends()).toEqual(['payment v1']);
    const split = await paymentSplit();
    const [[name, value] = ['', '']] = Object.entries(beta);
    if (session.routing === undefined) throw new Error('the session routes nothing');
    await carryOut(session.routing, {
      kind: 'setRouting',
      connectionId: hostOf().connectionId,
      splitId: split.id,
      revision: split.revision,
      change: {
        kind: 'addRoute',
        name: 'beta',
        match: { headers: [{ name, value, how: 'exact' }], cookie: null, caller: null },
        destination: 1,
      },
    });
    mesh.count(1);
    const counted = mesh.count(30);
    const total = [...counted.values()].reduce((sum, one) => sum + one, 0);
    expect((counted.get('payment v2') ?? 0) / total).toBeGreaterThan(0.06);
    expect((counted.get('payment v2') ?? 0) / total).toBeLessThan(0.14);
  });
});
