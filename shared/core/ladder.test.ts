import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openPaper as openLocked } from '../../test/support/openPaper.ts';
import { createPaper, paperHost, type Paper } from '../../test/support/paperConnector.ts';
import type { OperationRecord } from '../model/record.ts';
import { exportJournal } from './journalExport.ts';

async function openPaper(paper: Paper, records = new Map<string, OperationRecord>(), prefix = '') {
  const here = await openLocked(paper, { records, prefix });
  await here.client.connections.unlock({ id: here.id });
  return here;
}

type Here = Awaited<ReturnType<typeof openPaper>>;

/** Calls that follow the given percentages from now on, ten a second. */
function load(paper: Paper, here: Here, percent: readonly [number, number]): void {
  const from = here.ports.clock.now();
  paper.counters = () =>
    percent.map((share, i) => ({
      key: `v${i + 1}`,
      caller: 'order',
      host: paperHost,
      subset: `v${i + 1}`,
      version: `v${i + 1}`,
      failed: false,
      responseCode: null,
      flags: [],
      samples: Array.from({ length: 400 }, (_, step) => {
        const at = from - 2_000 + step * 2_000;
        return [at, step * share] as const;
      }).filter(([at]) => at <= here.ports.clock.now()),
    }));
}

test('traffic that keeps following the old weights contradicts only after lasting evidence', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  load(paper, here, [70, 30]);
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  await here.ports.clock.advance(7_000);
  expect(here.rung(operationId, 'measured')).toMatchObject({ state: 'waiting' });
  await here.ports.clock.advance(30_000);
  expect(here.rung(operationId, 'measured')).toMatchObject({ state: 'contradicted' });
});

test('a split that somebody else changes is not measured any more', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  await here.ports.clock.advance(1_000);
  paper.foreignWrite([60, 40], 'ben');
  await here.ports.clock.advance(15_000);
  expect(here.rung(operationId, 'declared')?.detail).toMatch(/^changed again by ben since/);
  expect(here.rung(operationId, 'measured')).toMatchObject({
    state: 'unobservable',
    detail: 'changed by someone else before enough calls were counted',
  });
});

for (const { who, state } of [
  { who: 'podium', state: 'seen' },
  { who: 'ben', state: 'contradicted' },
])
  test(`a document that holds neither version, last written by ${who} after a write of our own, leaves it ${state}`, async () => {
    const paper = createPaper();
    await using here = await openPaper(paper);
    const operation = {
      kind: 'trip',
      connectionId: 'paper',
      call: { calleeId: 'paper/shop/payment', host: paperHost, caller: null },
      mechanism: { kind: 'refuse', status: 503 },
      forSeconds: 3_600,
    } as const;
    const trip = await here.client.operations.plan({ operation });
    const ticked = trip.guards.map((guard) => guard.id);
    const { operationId } = await here.apply(trip.id, { ticked, typedName: trip.serviceName });
    await here.ports.clock.advance(1_000);
    expect(here.rung(operationId, 'declared')).toMatchObject({ state: 'seen' });
    await here.apply((await here.plan([95, 5])).id);
    if (paper.trip !== null) paper.trip = { ...paper.trip, status: 418 };
    paper.changedBy = who;
    await here.ports.clock.advance(15_000);
    expect(here.rung(operationId, 'declared')).toMatchObject({ state });
  });

test('a lost answer that somebody wrote over ends as not known, never as not written', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  paper.answer = 'lost';
  const plan = await here.plan([95, 5]);
  paper.onApply = () => queueMicrotask(() => paper.foreignWrite([60, 40], 'ben'));
  const { operationId } = await here.apply(plan.id);
  await here.ports.clock.advance(2_000);
  const record = here.records.get(operationId);
  expect(record).toMatchObject({
    state: 'unknown',
    error: expect.stringMatching(/cannot be told/) as string,
  });
  expect(record?.finishedAt).not.toBeNull();
});

test('a lock that comes while the journal is written stops the write', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const plan = await here.plan([95, 5]);
  const store = here.ports.journal;
  const append = store.append.bind(store);
  Object.assign(store, {
    append: async (record: OperationRecord) => {
      await here.client.connections.lock({ id: here.id });
      await append(record);
    },
  });
  const { operationId } = await here.apply(plan.id);
  await here.ports.clock.advance(10);
  expect(paper.writes).toEqual([]);
  expect(here.records.get(operationId)).toMatchObject({
    state: 'notWritten',
    error: expect.stringMatching(/read-only until you unlock/) as string,
  });
});

test('looking again does not let an old plan through', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const plan = await here.plan([95, 5]);
  await here.client.connections.lookAgain({ id: here.id });
  await expect(here.apply(plan.id)).rejects.toMatchObject({ code: 'GONE' });
  await here.ports.clock.advance(10);
  await expect(here.apply(plan.id)).rejects.toMatchObject({ code: 'GONE' });
  expect(paper.writes).toEqual([]);
});

test('a journal that refuses an operation lets nothing be written, in words', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const plan = await here.plan([95, 5]);
  here.records.set = () => {
    throw new Error('disk full');
  };
  await expect(here.apply(plan.id)).rejects.toMatchObject({
    code: 'REFUSED',
    message: expect.stringMatching(/Nothing was written.*disk full/) as string,
  });
  expect(paper.writes).toEqual([]);
});

test('figures are asked for only while somebody looks', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  await here.ports.clock.advance(20_000);
  expect(paper.reads).toBe(0);
  const stop = new AbortController();
  const stream = await here.client.signals.watch({ windowSeconds: 60 }, { signal: stop.signal });
  const first = await stream.next();
  expect(first.value).toMatchObject({ full: true, sequence: 1 });
  await here.ports.clock.advance(10_000);
  const asked = paper.reads;
  expect(asked).toBeGreaterThan(1);
  await stream.return?.(undefined);
  stop.abort();
  await here.ports.clock.advance(3_000);
  const left = paper.reads;
  await here.ports.clock.advance(60_000);
  expect(paper.reads).toBe(left);
});

test('H12 the exported journal keeps hostile text inside its cells, and runs in no spreadsheet', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  const record = here.records.get(operationId);
  if (record === undefined) throw new Error('nothing was journalled');
  const hostile = { ...record, reason: 'x | y\n# <img src=x> [a](javascript:b)' };
  const { text } = exportJournal([hostile], 'markdown', 0);
  expect(text).toContain('x \\| y \\# \\<img src=x\\> \\[a\\](javascript:b)');
  expect(JSON.parse(exportJournal([hostile], 'json', 0).text)).toHaveLength(1);
  const formula = { ...record, reason: '=HYPERLINK("http://evil","a")', title: '@SUM(1)', actor: '-1+cmd' };
  const csv = exportJournal([formula], 'csv', 0).text;
  expect(csv).toContain(`,'-1+cmd,'@SUM(1),"'=HYPERLINK(""http://evil"",""a"")",`);
  expect(csv.split('\r\n')).toHaveLength(3);
});

const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('apply' as const),
      answer: fc.constantFrom('ok', 'conflict', 'refuse', 'lost', 'never'),
      v2: fc.integer({ min: 0, max: 100 }),
    }),
    fc.record({ do: fc.constantFrom('undo', 'foreign', 'restart', 'twice') }),
  ),
  { maxLength: 6 },
);

test('whatever happens, every record ends true and no plan is written twice', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const paper = createPaper();
      const records = new Map<string, OperationRecord>();
      let runs = 0;
      let here = await openPaper(paper, records, `${runs}-`);
      let applied = 0;
      let lastPlan: string | null = null;
      let lastOperation: string | null = null;
      for (const step of sequence) {
        paper.answer = step.do === 'apply' ? step.answer : 'ok';
        if (step.do === 'apply') {
          lastPlan = (await here.plan([100 - step.v2, step.v2])).id;
          lastOperation = (await here.apply(lastPlan)).operationId;
          applied += 1;
        } else if (step.do === 'twice' && lastPlan !== null) {
          await here.apply(lastPlan).catch(() => undefined);
        } else if (step.do === 'undo' && lastOperation !== null) {
          const undo = await here.client.operations
            .planUndo({ operationId: lastOperation })
            .catch(() => null);
          if (undo !== null) {
            await here.apply(undo.id);
            applied += 1;
          }
        } else if (step.do === 'foreign') paper.foreignWrite([55, 45], 'ben');
        else if (step.do === 'restart') {
          await here.close();
          here = await openPaper(paper, records, `${(runs += 1)}-`);
        }
        await here.ports.clock.advance(300);
      }
      await here.ports.clock.advance(13 * 60_000);
      await here.close();
      expect(records.size).toBe(applied);
      expect(paper.writes.length).toBeLessThanOrEqual(applied);
      for (const record of records.values()) {
        expect(record.finishedAt).not.toBeNull();
        expect(record.state).not.toBe('writing');
        expect(record.rungs.some((rung) => rung.state === 'waiting') && record.state === 'written').toBe(
          false,
        );
        if (record.state === 'notWritten') expect(record.error).not.toBeNull();
      }
    }),
    { numRuns: 12 },
  );
}, 60_000);

test('two minutes after a write the journal holds errors and p99 before and after it', async () => {
  const paper = createPaper();
  await using here = await openPaper(paper);
  const { operationId } = await here.apply((await here.plan([95, 5])).id);
  const at = here.records.get(operationId)?.at ?? 0;
  const line = (version: string, rate: number, failed: number, p99Ms: number) => ({
    version,
    requestsPerSecond: [rate],
    failedPerSecond: [failed],
    p50Ms: [null],
    p99Ms: [p99Ms],
  });
  paper.lines = (to) =>
    to <= at
      ? [line('v1', 70, 0.7, 250), line('v2', 30, 3.3, 4_800)]
      : [line('v1', 95, 0.95, 260), line('v2', 5, 0.05, 300)];
  await here.ports.clock.advance(119_000);
  expect(here.records.get(operationId)?.effect).toBeNull();
  await here.ports.clock.advance(5_000);
  const effect = here.records.get(operationId)?.effect;
  expect(effect?.before).toEqual({ errorRatio: expect.closeTo(0.04, 6) as number, p99Ms: 4_800 });
  expect(effect?.after).toEqual({ errorRatio: expect.closeTo(0.01, 6) as number, p99Ms: 300 });
});
