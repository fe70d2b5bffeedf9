import { expect, test } from 'vitest';
import { openPaper } from '../../test/support/openPaper.ts';
import { createPaper } from '../../test/support/paperConnector.ts';
import { createMemoryJournal, createMemoryPorts } from '../../test/support/memoryPorts.ts';
import type { OperationRecord } from '../model/record.ts';
import { createConsole } from './console.ts';

test('a connection is read-only until it is unlocked', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const plan = await here.plan([95, 5]);
  await expect(here.apply(plan.id)).rejects.toThrow(/read-only until you unlock/);
  expect(paper.writes).toEqual([]);
  await here.client.connections.unlock({ id: here.id });
  await here.apply(plan.id);
  expect(paper.weights).toEqual([95, 5]);
});

test('weights between two steps that the peer keeps are refused before it is asked', async () => {
  const { plan } = await openPaper(createPaper());
  await expect(plan([69.5, 30.5])).rejects.toThrow('Weights go in steps of 1 here; 69.5 lies between two.');
});

test('M21 a second click on Apply gets the same operation and writes once', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const plan = await here.plan([95, 5]);
  const [one, two] = await Promise.all([here.apply(plan.id), here.apply(plan.id)]);
  expect(two.operationId).toBe(one.operationId);
  expect((await here.apply(plan.id)).operationId).toBe(one.operationId);
  expect(paper.writes).toHaveLength(1);
  expect(here.records.size).toBe(1);
});

test('the journal holds an operation before the peer hears of it', async () => {
  const paper = createPaper();
  const records = new Map<string, OperationRecord>();
  await using here = await openPaper(paper, { records });
  await here.client.connections.unlock({ id: here.id });
  paper.answer = 'never';
  const plan = await here.plan([95, 5]);
  const { operationId } = await here.apply(plan.id);
  expect(records.get(operationId)).toMatchObject({
    reason: 'INC-1',
    actor: 'ana',
    operation: { weights: [95, 5] },
  });
});

test('C11 a plan dies when its connection is opened anew, and goes nowhere', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const plan = await here.plan([95, 5]);
  await here.client.connections.open({ key: 'paper:paper' });
  await here.ports.clock.advance(10);
  await here.client.connections.unlock({ id: here.id });
  await expect(here.apply(plan.id)).rejects.toThrow(/opened anew/);
  expect(paper.writes).toEqual([]);
});

test('a plan older than ten minutes is refused', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const plan = await here.plan([95, 5]);
  await here.ports.clock.advance(11 * 60_000);
  await expect(here.apply(plan.id)).rejects.toThrow(/ten minutes/);
});

test('a guard that asks for a tick or a name is held at the moment of the write', async () => {
  const paper = createPaper();
  paper.guards = [
    { id: 'argo', verdict: 'tick', title: 'Argo CD owns it', detail: null },
    { id: 'harm', verdict: 'typeName', title: 'Towards a failing version', detail: null },
  ];
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const plan = await here.plan([95, 5]);
  await expect(here.apply(plan.id)).rejects.toThrow(/acknowledgement/);
  await expect(here.apply(plan.id, { ticked: ['argo'], typedName: 'Payment' })).rejects.toThrow(
    /Type the service/,
  );
  await here.apply(plan.id, { ticked: ['argo'], typedName: 'payment' });
  expect(paper.writes).toHaveLength(1);
  expect([...here.records.values()][0]?.overrides).toEqual(['Argo CD owns it', 'Towards a failing version']);
});

test('a blocking guard cannot be passed by the window', async () => {
  const paper = createPaper();
  paper.guards = [{ id: 'sum', verdict: 'block', title: 'All weights are zero', detail: null }];
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const plan = await here.plan([95, 5]);
  await expect(here.apply(plan.id, { ticked: ['sum'], typedName: 'payment' })).rejects.toThrow(
    /All weights are zero/,
  );
});

test('a refused write is closed as not written, in the words of the peer', async () => {
  const paper = createPaper();
  paper.answer = 'refuse';
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  await here.ports.clock.advance(10);
  expect(here.records.get(operationId)).toMatchObject({ state: 'notWritten', error: 'The webhook says no.' });
});

test('M03 a lost answer is resolved by reading and never sent again', async () => {
  const paper = createPaper();
  paper.answer = 'lost';
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  await here.ports.clock.advance(5_000);
  expect(here.records.get(operationId)).toMatchObject({ state: 'written', error: null });
  expect(paper.writes).toHaveLength(1);
});

test('a lost request that never arrived ends as not written', async () => {
  const paper = createPaper();
  paper.answer = 'never';
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  await here.ports.clock.advance(120_000);
  expect(here.records.get(operationId)).toMatchObject({ state: 'notWritten' });
  expect(paper.writes).toHaveLength(1);
});

test('undo plans the weights that were there before and marks the operation as undone', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  await here.ports.clock.advance(10);
  const undo = await here.client.operations.planUndo({ operationId });
  expect(undo.undoOf).toBe(operationId);
  await here.apply(undo.id);
  await here.ports.clock.advance(10);
  expect(paper.weights).toEqual([70, 30]);
  await expect(here.client.operations.planUndo({ operationId })).rejects.toThrow(/undone already/);
});

test('the ladder climbs to measured on the calls counted after the write', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const started = here.ports.clock.now();
  paper.counters = () =>
    ['v1', 'v2'].map((version, i) => ({
      key: version,
      caller: 'order',
      host: 'payment.shop.svc.cluster.local',
      subset: version,
      version,
      failed: false,
      responseCode: null,
      flags: [],
      samples: Array.from({ length: 31 }, (_, step) => {
        const at = started - 2_000 + step * 2_000;
        return [at, step * (i === 0 ? 95 : 5)] as const;
      }).filter(([at]) => at <= here.ports.clock.now()),
    }));
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  await here.ports.clock.advance(60_000);
  const measured = here.records.get(operationId)?.rungs.find((rung) => rung.rung === 'measured');
  expect(measured).toMatchObject({ state: 'seen' });
  expect(measured?.detail).toMatch(/v2 had .* calls/);
});

test('the second console on one data folder cannot write', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper, { writable: false });
  await here.client.connections.unlock({ id: here.id });
  const plan = await here.plan([95, 5]);
  expect(plan.guards[0]).toMatchObject({ verdict: 'block' });
  await expect(here.apply(plan.id)).rejects.toThrow(/another Podium/);
});

test('a write whose process died before the answer is resolved when its connection opens again', async () => {
  const paper = createPaper();
  const records = new Map<string, OperationRecord>();
  {
    await using here = await openPaper(paper, { records });
    await here.client.connections.unlock({ id: here.id });
    await here.apply((await here.plan([95, 5])).id);
    await here.ports.clock.advance(10);
  }
  const [record] = [...records.values()];
  if (record === undefined) throw new Error('nothing was journalled');
  records.set(record.id, { ...record, state: 'writing', at: record.at - 60_000, finishedAt: null });
  await using again = await openPaper(paper, { records });
  await again.ports.clock.advance(5_000);
  expect(records.get(record.id)).toMatchObject({ state: 'written' });
  expect(paper.writes).toHaveLength(1);
});

test('closing the connection ends the ladder of a written operation in words', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  await here.ports.clock.advance(3_000);
  await here.client.connections.close({ id: here.id });
  await here.ports.clock.advance(10);
  const record = here.records.get(operationId);
  expect(record?.finishedAt).not.toBeNull();
  expect(record?.rungs.find((rung) => rung.rung === 'measured')).toMatchObject({
    state: 'unobservable',
    detail: 'the connection was closed before this was seen',
  });
});

test('a lost answer outlives the connection and is resolved when it opens again', async () => {
  const paper = createPaper();
  paper.answer = 'never';
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  await here.ports.clock.advance(600);
  await here.client.connections.close({ id: here.id });
  await here.ports.clock.advance(10);
  expect(here.records.get(operationId)).toMatchObject({ state: 'unknown', finishedAt: null });
  await here.client.connections.open({ key: 'paper:paper' });
  await here.ports.clock.advance(120_000);
  expect(here.records.get(operationId)).toMatchObject({ state: 'notWritten' });
});

test('ladders that an earlier run left open are closed in words at the next start', async () => {
  const paper = createPaper();
  const records = new Map<string, OperationRecord>();
  {
    await using here = await openPaper(paper, { records });
    await here.client.connections.unlock({ id: here.id });
    await here.apply((await here.plan([95, 5])).id);
    await here.ports.clock.advance(10);
  }
  for (const [id, record] of records) {
    const rungs = record.rungs.map((rung) => ({ ...rung, state: 'waiting' as const }));
    records.set(id, { ...record, at: record.at - 60_000, rungs, finishedAt: null });
  }
  const ports = createMemoryPorts({ journal: createMemoryJournal(records) });
  await using console = await createConsole([], ports);
  expect(console.router).toBeDefined();
  await ports.clock.advance(10);
  const [record] = [...records.values()];
  expect(record?.finishedAt).not.toBeNull();
  expect(record?.rungs.map((rung) => rung.detail)).toContain('Podium was closed before this was seen');
});

test('an undo by somebody else within two minutes is told as a contradiction', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  await here.ports.clock.advance(1_000);
  expect(here.rung(operationId, 'declared')).toMatchObject({ state: 'seen' });
  paper.foreignWrite([70, 30], 'argocd');
  await here.ports.clock.advance(10_000);
  expect(here.rung(operationId, 'declared')).toMatchObject({
    state: 'contradicted',
    detail: expect.stringMatching(/^reverted by argocd since/) as string,
  });
});

test('without traffic nothing is called measured, and after ten minutes that is said', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  await here.ports.clock.advance(60_000);
  expect(here.rung(operationId, 'measured')).toMatchObject({ state: 'waiting' });
  await here.ports.clock.advance(11 * 60_000);
  expect(here.rung(operationId, 'measured')).toMatchObject({
    state: 'unobservable',
    detail: expect.stringMatching(/gave up after ten minutes/) as string,
  });
  expect(here.records.get(operationId)?.finishedAt).not.toBeNull();
});
