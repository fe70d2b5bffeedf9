import { expect, test } from 'vitest';
import { createMemoryCanaries } from '../../../test/support/memoryPorts.ts';
import { openPaper as openLocked } from '../../../test/support/openPaper.ts';
import { createPaper, type Paper } from '../../../test/support/paperConnector.ts';
import { createTraffic } from '../../../test/support/paperTraffic.ts';
import type { Canary, CanaryRequest } from '../../model/watch.ts';
import type { Kept } from '../ports.ts';

const minute = 60_000;
const request: CanaryRequest = {
  connectionId: 'paper',
  splitId: 'uid-1/http/default',
  destination: 1,
  steps: [5, 25, 50, 100].map((percent) => ({ percent, forSeconds: 120 })),
  conditions: [{ kind: 'errors', version: 'v2', aboveRatio: 0.02 }],
  reason: 'release 2.1',
};

async function openPaper(
  paper: Paper,
  options: Parameters<typeof openLocked>[1] = {},
  canaries = new Map<string, Canary>(),
) {
  const here = await openLocked(paper, {
    ...options,
    ports: { ...options.ports, canaries: createMemoryCanaries(canaries) },
  });
  await here.client.connections.unlock({ id: here.id });
  return { ...here, canaries, traffic: createTraffic(paper, here.ports.clock, ['v1', 'v2']) };
}

type Here = Awaited<ReturnType<typeof openPaper>>;

async function start(here: Here, more: Partial<CanaryRequest> = {}): Promise<string> {
  const asked = { ...request, ...more };
  const { plan } = await here.client.canaries.plan({ request: asked });
  const { canaryId } = await here.client.canaries.start({
    planId: plan.id,
    request: asked,
    reason: 'release 2.1',
    ticked: plan.guards.filter(({ verdict }) => verdict === 'tick').map(({ id }) => id),
    typedName: null,
  });
  await here.ports.clock.advance(10);
  return canaryId;
}

const weightsSeen = (paper: Paper) => paper.writes.map((weights) => weights.join('/'));

test('the steps of a canary are said before it starts, and keep the sum of the weights', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const { plan, steps } = await here.client.canaries.plan({ request });
  expect(steps.map(({ weights }) => weights.join('/'))).toEqual(['95/5', '75/25', '50/50', '0/100']);
  expect(steps[1]?.text).toBe('v2 gets 25 of 100 calls (v1 75), watched for 2 min');
  expect(plan.operation).toMatchObject({ kind: 'setWeights', weights: [95, 5] });
});

test('steps that cannot be said in the weights as they add up are refused', async () => {
  const paper = createPaper([10, 0]);
  await using here = await openPaper(paper);
  await expect(here.client.canaries.plan({ request })).rejects.toThrow(/add up to 10, so 5 % cannot be said/);
});

test('a canary takes each step once the one before was watched to its end, and finishes', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const id = await start(here);
  expect(here.canaries.get(id)).toMatchObject({ state: 'running', step: 0, before: [100, 0] });
  await here.ports.clock.advance(2.5 * minute);
  expect(weightsSeen(paper)).toEqual(['95/5', '75/25']);
  expect(here.canaries.get(id)).toMatchObject({ state: 'running', step: 1 });
  await here.ports.clock.advance(8 * minute);
  expect(weightsSeen(paper)).toEqual(['95/5', '75/25', '50/50', '0/100']);
  expect(here.canaries.get(id)).toMatchObject({ state: 'finished', step: 3 });
  expect(here.canaries.get(id)?.operationIds).toHaveLength(4);
  for (const record of here.records.values())
    expect(record).toMatchObject({ canaryId: id, state: 'written', watch: { state: 'passed' } });
});

test('a condition that comes true at any step takes the whole canary back, once, and says why', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const id = await start(here);
  await here.ports.clock.advance(3 * minute);
  expect(paper.weights).toEqual([75, 25]);
  here.traffic.set('v2', { errorRatio: 0.3 });
  await here.ports.clock.advance(minute);
  expect(paper.weights).toEqual([100, 0]);
  await here.ports.clock.advance(10 * minute);
  expect(weightsSeen(paper)).toEqual(['95/5', '75/25', '100/0']);
  expect(here.canaries.get(id)).toMatchObject({
    state: 'takenBack',
    note: expect.stringMatching(/^Taken back: errors of v2/) as string,
  });
});

test('a canary that is paused takes no step, and goes on when it is resumed', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const id = await start(here);
  await here.client.canaries.pause({ canaryId: id });
  await here.ports.clock.advance(10 * minute);
  expect(weightsSeen(paper)).toEqual(['95/5']);
  await here.client.canaries.resume({ canaryId: id });
  await here.ports.clock.advance(10_000);
  expect(weightsSeen(paper)).toEqual(['95/5', '75/25']);
});

test('a canary is taken back by hand to the weights before its first step', async () => {
  const paper = createPaper([90, 10]);
  await using here = await openPaper(paper);
  const id = await start(here, { steps: request.steps.slice(1) });
  await here.ports.clock.advance(3 * minute);
  expect(paper.weights).toEqual([50, 50]);
  await here.client.canaries.takeBack({ canaryId: id });
  await here.ports.clock.advance(5_000);
  expect(paper.weights).toEqual([90, 10]);
  expect(here.canaries.get(id)).toMatchObject({ state: 'takenBack', note: 'Taken back by ana@laptop.' });
});

test('a canary is finished at once through a plan, and is watched there', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const id = await start(here);
  await here.ports.clock.advance(minute);
  const plan = await here.client.canaries.planFinish({ canaryId: id });
  await here.client.canaries.finish({
    canaryId: id,
    planId: plan.id,
    reason: 'all well',
    ticked: [],
    typedName: null,
  });
  await here.ports.clock.advance(minute);
  expect(paper.weights).toEqual([0, 100]);
  expect(here.canaries.get(id)).toMatchObject({ state: 'running', step: 3 });
  await here.ports.clock.advance(2 * minute);
  expect(here.canaries.get(id)).toMatchObject({ state: 'finished' });
  expect(weightsSeen(paper)).toEqual(['95/5', '0/100']);
});

test('a guard that asks for what was not acknowledged at the start pauses the canary with the reason', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const id = await start(here);
  paper.guards = [{ id: 'argo', verdict: 'tick', title: 'Argo CD owns it by now', detail: null }];
  await here.ports.clock.advance(3 * minute);
  expect(weightsSeen(paper)).toEqual(['95/5']);
  expect(here.canaries.get(id)).toMatchObject({
    state: 'paused',
    note: expect.stringMatching(/Argo CD owns it by now/) as string,
  });
});

test('what was acknowledged at the start holds for later steps', async () => {
  const paper = createPaper([100, 0]);
  paper.guards = [{ id: 'argo', verdict: 'tick', title: 'Argo CD owns it', detail: null }];
  await using here = await openPaper(paper);
  await start(here);
  await here.ports.clock.advance(3 * minute);
  expect(weightsSeen(paper)).toEqual(['95/5', '75/25']);
});

test('weights that someone else changed pause the canary', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const id = await start(here);
  await here.ports.clock.advance(minute);
  paper.foreignWrite([60, 40], 'ben');
  await here.ports.clock.advance(3 * minute);
  expect(paper.weights).toEqual([60, 40]);
  expect(here.canaries.get(id)).toMatchObject({
    state: 'paused',
    note: expect.stringMatching(/^ben changed the weights/) as string,
  });
});

test('a connection that was locked meanwhile pauses the canary, and does not keep it from being taken back', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const id = await start(here);
  await here.client.connections.lock({ id: here.id });
  await here.ports.clock.advance(3 * minute);
  expect(here.canaries.get(id)).toMatchObject({
    state: 'paused',
    note: expect.stringMatching(/read-only/) as string,
  });
  await here.client.canaries.takeBack({ canaryId: id });
  await here.ports.clock.advance(5_000);
  expect(paper.weights).toEqual([100, 0]);
});

test('a step that the peer refuses pauses the canary, and is taken again when it is resumed', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const id = await start(here);
  paper.answer = 'refuse';
  await here.ports.clock.advance(3 * minute);
  expect(here.canaries.get(id)).toMatchObject({ state: 'paused', note: 'The webhook says no.' });
  paper.answer = 'ok';
  await here.client.canaries.resume({ canaryId: id });
  await here.ports.clock.advance(10_000);
  expect(paper.weights).toEqual([75, 25]);
});

test('a canary goes on after a restart where it was', async () => {
  const paper = createPaper([100, 0]);
  const first = await openPaper(paper);
  const id = await start(first);
  await first.ports.clock.advance(minute);
  await first.close();
  const options = {
    records: first.records,
    prefix: 'later-',
    startAt: first.ports.clock.now() + 30_000,
    boot: 'later',
  };
  await using later = await openPaper(paper, options, first.canaries);
  await later.ports.clock.advance(minute);
  expect(weightsSeen(paper)).toEqual(['95/5', '75/25']);
  expect(later.canaries.get(id)).toMatchObject({ state: 'running', step: 1 });
});

test('an open canary goes on after a restart, whatever number of younger ones is over', async () => {
  const paper = createPaper([100, 0]);
  const first = await openPaper(paper);
  const id = await start(first);
  await first.ports.clock.advance(minute);
  await first.close();
  const own = first.canaries.get(id);
  for (let after = 1; after <= 60 && own !== undefined; after += 1)
    first.canaries.set(`over-${after}`, {
      ...own,
      id: `over-${after}`,
      request: { ...own.request, splitId: 'another' },
      state: 'finished',
      startedAt: own.startedAt + after,
    });
  const options = {
    records: first.records,
    prefix: 'later-',
    startAt: first.ports.clock.now() + 30_000,
    boot: 'later',
  };
  await using later = await openPaper(paper, options, first.canaries);
  await later.ports.clock.advance(minute);
  expect(weightsSeen(paper)).toEqual(['95/5', '75/25']);
  await expect(start(later, { steps: [{ percent: 50, forSeconds: 60 }] })).rejects.toThrow(
    /under way on this split/,
  );
});

test('a canary whose own line was not written before a crash follows the journal', async () => {
  const paper = createPaper([100, 0]);
  const first = await openPaper(paper);
  const id = await start(first);
  const early = structuredClone(first.canaries.get(id));
  await first.ports.clock.advance(2.5 * minute);
  await first.close();
  expect(paper.weights).toEqual([75, 25]);
  if (early !== undefined) first.canaries.set(id, early);
  const options = {
    records: first.records,
    prefix: 'later-',
    startAt: first.ports.clock.now() + 10_000,
    boot: 'later',
  };
  await using later = await openPaper(paper, options, first.canaries);
  await later.ports.clock.advance(3 * minute);
  expect(weightsSeen(paper)).toEqual(['95/5', '75/25', '50/50']);
});

test('a second canary on one split is refused', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  await start(here);
  await expect(start(here, { steps: [{ percent: 25, forSeconds: 60 }] })).rejects.toThrow(
    /under way on this split/,
  );
});

test('a second click starts the same canary', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const { plan } = await here.client.canaries.plan({ request });
  const word = { planId: plan.id, request, reason: '', ticked: [], typedName: null };
  const { canaryId } = await here.client.canaries.start(word);
  expect(await here.client.canaries.start(word)).toEqual({ canaryId });
  expect(paper.writes).toHaveLength(1);
});

test('a canary whose last step was refused can be taken back from the step that stands', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const id = await start(here);
  paper.answer = 'refuse';
  await here.ports.clock.advance(3 * minute);
  expect(here.canaries.get(id)).toMatchObject({ state: 'paused', note: 'The webhook says no.' });
  paper.answer = 'ok';
  await here.client.canaries.takeBack({ canaryId: id });
  await here.ports.clock.advance(5_000);
  expect(paper.weights).toEqual([100, 0]);
  expect(here.canaries.get(id)).toMatchObject({ state: 'takenBack' });
});

test('a canary that is taken back while its next step is being planned takes no further step', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const id = await start(here);
  let reached = (): void => undefined;
  let go = (): void => undefined;
  const asked = new Promise<void>((resolve) => (reached = resolve));
  const held = new Promise<void>((resolve) => (go = resolve));
  paper.onPlan = () => {
    paper.onPlan = () => Promise.resolve();
    reached();
    return held;
  };
  await here.ports.clock.advance(2.5 * minute);
  await asked;
  await here.client.canaries.takeBack({ canaryId: id });
  go();
  await here.ports.clock.advance(10_000);
  expect(weightsSeen(paper)).toEqual(['95/5', '100/0']);
  expect(here.canaries.get(id)).toMatchObject({ state: 'takenBack' });
});

test('two first clicks at once start one canary', async () => {
  const paper = createPaper([100, 0]);
  await using here = await openPaper(paper);
  const { plan } = await here.client.canaries.plan({ request });
  const word = { planId: plan.id, request, reason: '', ticked: [], typedName: null };
  const both = await Promise.all([here.client.canaries.start(word), here.client.canaries.start(word)]);
  expect(both[1]).toEqual(both[0]);
  await here.ports.clock.advance(10_000);
  expect(here.canaries.size).toBe(1);
  expect(paper.writes).toHaveLength(1);
});

test('the host is asked to keep the machine awake while a canary runs, and not while it is paused', async () => {
  const paper = createPaper([100, 0]);
  const told: (readonly Kept[])[] = [];
  await using here = await openPaper(paper, { ports: { keepAwake: (kept) => void told.push(kept) } });
  const id = await start(here);
  await here.ports.clock.advance(30_000);
  const running = { kind: 'canary', title: here.canaries.get(id)?.title };
  expect(told.at(-1)).toEqual([running]);
  await here.client.canaries.pause({ canaryId: id });
  await here.ports.clock.advance(minute * 3);
  expect(told.at(-1)).toEqual([]);
});
