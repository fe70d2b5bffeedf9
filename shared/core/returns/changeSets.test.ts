import { expect, test } from 'vitest';
import { openPaper as openLocked } from '../../../test/support/openPaper.ts';
import { createPaper, paperHost, type Paper } from '../../../test/support/paperConnector.ts';
import type { Operation } from '../../model/operation.ts';
import type { Plan } from '../../model/plan.ts';
import type { ChangeSet } from '../../model/watch.ts';

async function openPaper(paper: Paper) {
  const here = await openLocked(paper);
  await here.client.connections.unlock({ id: here.id });
  return here;
}

type Here = Awaited<ReturnType<typeof openPaper>>;

const shift = (paper: Paper, weights: number[], splitId = 'uid-1/http/default'): Operation => ({
  kind: 'setWeights',
  splitId,
  connectionId: 'paper',
  weights,
  seen: { revision: String(paper.revision), weights: [...paper.weights] },
});

const trip: Operation = {
  kind: 'trip',
  connectionId: 'paper',
  call: { calleeId: 'paper/shop/payment', host: paperHost, caller: null },
  mechanism: { kind: 'refuse', status: 503 },
  forSeconds: 3_600,
};

async function begin(here: Here, plans: readonly Plan[]): Promise<string> {
  const { setId } = await here.client.operations.applySet({
    planIds: plans.map(({ id }) => id),
    reason: 'INC-1',
    confirmations: plans.map(({ id, guards, serviceName }) => ({
      planId: id,
      ticked: guards.map((guard) => guard.id),
      typedName: serviceName,
    })),
  });
  return setId;
}

/** Applies a set as reviewed and gives what became of it. */
async function applySet(here: Here, plans: readonly Plan[]): Promise<ChangeSet> {
  const setId = await begin(here, plans);
  await here.ports.clock.advance(1_000);
  for await (const set of await here.client.operations.watchSet({ setId })) return set;
  throw new Error('nothing was told of the set');
}

test('a set is planned together, and what cannot be planned is told by its place', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const { plans, problems } = await here.client.operations.planSet({
    operations: [shift(paper, [95, 5]), shift(paper, [95, 5], 'gone'), trip],
  });
  expect(plans.map(({ operation }) => operation.kind)).toEqual(['setWeights', 'trip']);
  expect(problems).toMatchObject([{ index: 1, message: expect.stringMatching(/no such split/) as string }]);
});

test('a set is applied in order; a later change of the same document is planned anew and written if it says the same', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const { plans } = await here.client.operations.planSet({ operations: [shift(paper, [95, 5]), trip] });
  const set = await applySet(here, plans);
  expect(set).toMatchObject({ items: [{ state: 'written' }, { state: 'written' }] });
  expect(set.finishedAt).not.toBeNull();
  expect(paper.weights).toEqual([95, 5]);
  expect(paper.trip).not.toBeNull();
  const records = [...here.records.values()];
  expect(records.map(({ setId }) => setId)).toEqual([set.id, set.id]);
  expect(records.map(({ id }) => id)).toEqual(set.items.map(({ operationId }) => operationId));
});

test('a later change that would not do the same any more ends the set, and what was done is told', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const { plans } = await here.client.operations.planSet({
    operations: [shift(paper, [95, 5]), trip, shift(paper, [50, 50])],
  });
  let writes = 0;
  paper.onWritten = () => {
    writes += 1;
    // Somebody adds a rule between two writes: a guard that nobody was asked about.
    paper.guards = [{ id: 'argo', verdict: 'tick', title: 'Argo CD owns it', detail: null }];
  };
  const set = await applySet(here, plans);
  expect(writes).toBe(1);
  expect(set.items.map(({ state }) => state)).toEqual(['written', 'stopped', 'leftOut']);
  expect(set.items[1]?.error).toMatch(/would not do the same any more/);
  expect(paper.trip).toBeNull();
});

test('the first refusal of the peer ends the set', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const { plans } = await here.client.operations.planSet({ operations: [trip, shift(paper, [95, 5])] });
  paper.answer = 'refuse';
  const set = await applySet(here, plans);
  expect(set.items).toMatchObject([
    { state: 'stopped', error: 'The webhook says no.' },
    { state: 'leftOut' },
  ]);
  expect(paper.writes).toEqual([]);
});

test('a set of which one plan is not confirmed writes nothing at all', async () => {
  const paper = createPaper();
  paper.guards = [{ id: 'argo', verdict: 'tick', title: 'Argo CD owns it', detail: null }];
  await using here = await openPaper(paper);
  const { plans } = await here.client.operations.planSet({ operations: [shift(paper, [95, 5]), trip] });
  const confirmed = plans.slice(0, 1).map(({ id }) => ({ planId: id, ticked: ['argo'], typedName: null }));
  const request = { planIds: plans.map(({ id }) => id), reason: '', confirmations: confirmed };
  await expect(here.client.operations.applySet(request)).rejects.toThrow(/acknowledgement/);
  await here.ports.clock.advance(1_000);
  expect(paper.writes).toEqual([]);
  expect(here.records.size).toBe(0);
});

test('a second click applies the same set', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const { plans } = await here.client.operations.planSet({ operations: [shift(paper, [95, 5])] });
  const one = await begin(here, plans);
  expect(await begin(here, plans)).toBe(one);
  await here.ports.clock.advance(1_000);
  expect(paper.writes).toHaveLength(1);
});

test('what a set wrote is undone last first, as a set of its own', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const { plans } = await here.client.operations.planSet({ operations: [shift(paper, [95, 5]), trip] });
  const { id } = await applySet(here, plans);
  const undo = await here.client.operations.planUndoSet({ setId: id });
  expect(undo.problems).toEqual([]);
  expect(undo.plans.map(({ operation }) => operation.kind)).toEqual(['trip', 'setWeights']);
  const back = await applySet(here, undo.plans);
  expect(back.items.map(({ state, error }) => [state, error])).toEqual([
    ['written', null],
    ['written', null],
  ]);
  expect(paper.weights).toEqual([70, 30]);
  expect(paper.trip).toBeNull();
  await expect(here.client.operations.planUndoSet({ setId: id })).rejects.toThrow(/nothing to undo/);
});
