// Everything here runs against a simulator that was made from Nacos' documentation: no Nacos server was available to prove it.
import { describe, expect, test } from 'vitest';
import { eventually } from './springShop.ts';
import { firstVersion, need, only, openNacos, signal, standing, startShop, versions } from './nacosShop.ts';

describe.each(versions)('instances of %s', (version) => {
  const instance = 'payment 10.0.0.1:8080';

  test('are taken out of service with their weight kept, are shown so, and come back by undo', async () => {
    await using shop = await startShop({ version });
    shop.register({ service: 'payment', ip: '10.0.0.1', port: 8080, version: 'v1', weight: 2.5 });
    await using session = await openNacos(shop);
    const control = need(session.workloads);
    const operation = await standing(session, instance, 'drain');
    const plan = await control.plan(operation, signal);
    expect(plan.guards.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['access', 'pass'],
      ['last-instance', 'pass'],
    ]);
    expect(plan.copies.curl).toContain('weight=2.5');
    const change = only(plan.changes);
    expect(await control.verify(change, signal)).toMatchObject({ state: 'before' });
    await control.apply(plan, signal);
    expect(await control.verify(change, signal)).toMatchObject({
      state: 'after',
      revision: 'disabled, weight 2.5',
    });
    await eventually(
      async () => (await firstVersion(session)).instances.find(({ name }) => name === instance),
      (one) => one?.drained !== null && one?.ready === false,
    );
    const proof = need(session.proof);
    expect(await proof.loaded(plan.expectation, 0, signal)).toMatchObject({
      state: 'unobservable',
      detail: expect.stringMatching(/leaves out payment/) as unknown,
    });
    const undo = await control.planUndo(operation, plan.changes, signal);
    await control.apply(undo, signal);
    expect(await control.verify(change, signal)).toMatchObject({ state: 'before' });
    await expect(control.planUndo(operation, plan.changes, signal)).rejects.toMatchObject({
      kind: 'refused',
    });
    await eventually(
      async () => (await firstVersion(session)).instances.find(({ name }) => name === instance),
      (one) => one?.drained === null && one.ready,
    );
  });

  test('that somebody else changed meanwhile are not written over', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    const control = need(session.workloads);
    const plan = await control.plan(await standing(session, instance, 'drain'), signal);
    const [service] = shop.services.keys();
    shop.setStanding(service ?? '', '10.0.0.1#8080#DEFAULT', { enabled: true, weight: 9 });
    await expect(control.apply(plan, signal)).rejects.toMatchObject({ kind: 'conflict' });
  });

  test('that register anew after Nacos forgot what was set are seen as lapsed', async () => {
    await using shop = await startShop({ version });
    await using session = await openNacos(shop);
    const control = need(session.workloads);
    const plan = await control.plan(await standing(session, instance, 'drain'), signal);
    await control.apply(plan, signal);
    const proof = need(session.proof);
    expect(await proof.loaded(plan.expectation, 0, signal)).toMatchObject({ state: 'unobservable' });
    const restart = (): void =>
      shop.register({ service: 'payment', ip: '10.0.0.1', port: 8080, version: 'v1' });
    shop.deregister('payment', '10.0.0.1', 8080);
    restart();
    // A quick restart changes nothing: Nacos keeps what was set for a while.
    expect(await proof.loaded(plan.expectation, 0, signal)).toMatchObject({ state: 'unobservable' });
    shop.deregister('payment', '10.0.0.1', 8080);
    shop.forgetTheGone();
    restart();
    expect(await proof.loaded(plan.expectation, 0, signal)).toMatchObject({
      state: 'contradicted',
      detail: expect.stringMatching(/registered anew/) as unknown,
    });
    const change = only(plan.changes);
    expect(await control.verify(change, signal)).toMatchObject({ state: 'before' });
  });

  test('are not restarted or scaled, and the last one asks for the service’s name', async () => {
    await using shop = await startShop({ version });
    shop.deregister('payment', '10.0.0.1', 8081);
    shop.deregister('payment', '10.0.0.1', 8082);
    shop.register({ service: 'other', ip: '10.0.0.9', port: 1 });
    shop.register({ service: 'other', ip: '10.0.0.9', port: 2 });
    await using session = await openNacos(shop);
    const control = need(session.workloads);
    const operation = await standing(session, instance, 'drain');
    const plan = await control.plan(operation, signal);
    expect(plan.guards.find(({ id }) => id === 'last-instance')?.verdict).toBe('typeName');
    await expect(control.plan({ ...operation, action: { verb: 'restart' } }, signal)).rejects.toMatchObject({
      kind: 'refused',
    });
  });
});
