import { expect, test } from 'vitest';
import { openPaper } from '../../../test/support/openPaper.ts';
import { createPaper } from '../../../test/support/paperConnector.ts';

const hour = 3_600;

test('a change that is to last an hour is taken back after it, once, and told as such meanwhile', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const { operationId } = await here.apply((await here.plan([50, 50])).id, { expireSeconds: hour });
  await here.ports.clock.advance(hour * 1000 - 5_000);
  expect(paper.weights).toEqual([50, 50]);
  const shown = await here.client.holds.watch();
  const { value } = await shown.next();
  expect(value).toMatchObject([{ operationId, kind: 'expiry', state: 'held' }]);
  await shown.return?.();
  await here.ports.clock.advance(10_000);
  expect(paper.weights).toEqual([70, 30]);
  await here.ports.clock.advance(hour * 1000);
  expect(paper.writes).toHaveLength(2);
  expect(here.records.get(operationId)?.hold).toMatchObject({ state: 'ended' });
});

test('a change whose owner put it back before its time is left alone', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const { operationId } = await here.apply((await here.plan([50, 50])).id, { expireSeconds: hour });
  await here.ports.clock.advance(10_000);
  paper.weights = [70, 30];
  paper.revision += 1;
  paper.changedBy = 'argocd-controller';
  await here.ports.clock.advance(hour * 1000);
  expect(paper.writes).toHaveLength(1);
  expect(here.records.get(operationId)?.hold?.state).toBe('ended');
});

test('a way back does not expire', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const { operationId } = await here.apply((await here.plan([50, 50])).id);
  await here.ports.clock.advance(10_000);
  const undo = await here.client.operations.planUndo({ operationId });
  await expect(here.apply(undo.id, { expireSeconds: hour })).rejects.toThrow(/does not expire/);
});

test('the end of a trip does not expire, for nothing would take it back', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.client.connections.unlock({ id: here.id });
  const end = await here.client.operations.plan({
    operation: { kind: 'endTrip', connectionId: 'paper', tripId: 'uid-1/trip', serviceId: null },
  });
  await expect(here.apply(end.id, { expireSeconds: hour })).rejects.toThrow(/end of a trip does not expire/);
});
