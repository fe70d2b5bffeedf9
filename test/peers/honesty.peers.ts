import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OperationRecord } from '../../shared/model/record.ts';
import { openConsole, rungOf } from './console.ts';
import { readCoordinates } from './coordinates.ts';
import { withFrozenIstiod, withPoisonedRoutes, withStalledIstiod } from './faults.ts';
import { noteFigure } from './figures.ts';
import { loadedWeights, setLoad } from './measure.ts';
import { countPayments, readPayment, restorable, restoreWeights, usualLoad } from './payment.ts';

const peers = readCoordinates();
const sourcesFound = (state: { sources: readonly { connector: string; state: string }[] }) =>
  ['istio', 'prometheus'].every((name) =>
    state.sources.some((source) => source.connector === name && source.state === 'live'),
  );
const isDecided = (record: OperationRecord) =>
  ['seen', 'contradicted', 'unobservable'].includes(rungOf(record, 'measured').state);

describe('a write that does not reach the traffic', () => {
  beforeEach(async () => {
    await restoreWeights(peers);
    await setLoad(peers, 60);
  });
  afterEach(async () => {
    await restoreWeights(peers);
    await setLoad(peers, usualLoad);
  });

  test('is not called measured when no proxy gets it', async () => {
    await using console = await openConsole(peers);
    await console.open('admin', {}, sourcesFound);
    await using _frozen = await withFrozenIstiod(peers);
    const id = await console.apply(await console.plan([5, 95]));
    const record = await console.follow(id, isDecided, 120_000);
    const { v2, total } = await countPayments(peers, 200);
    expect(rungOf(record, 'declared').state).toBe('seen');
    expect(['waiting', 'unobservable']).toContain(rungOf(record, 'loaded').state);
    expect(rungOf(record, 'loaded').detail).toMatch(/not been read since the write/);
    expect(rungOf(record, 'measured')).toMatchObject({
      state: 'contradicted',
      detail: expect.stringMatching(/wanted (5|95).*stays so/) as unknown,
    });
    expect(await loadedWeights(peers, 'order')).toEqual({ v1: 70, v2: 30 });
    noteFigure(
      peers,
      'honesty',
      `istiod frozen: v2 served ${(v2 * 100).toFixed(1)} % of ${total} payments, wanted 95 %; Podium: contradicted, “${rungOf(record, 'measured').detail}”`,
    );
  }, 240_000);

  test('is called contradicted when the proxies refuse it', async () => {
    await using console = await openConsole(peers);
    await console.open('admin', {}, sourcesFound);
    await using _poisoned = await withPoisonedRoutes(peers);
    const plan = await console.plan([5, 95]);
    expect(plan.guards.filter((guard) => guard.verdict === 'block')).toEqual([]);
    const id = await console.apply(plan);
    const record = await console.follow(
      id,
      (now) => isDecided(now) && rungOf(now, 'loaded').state !== 'waiting',
      120_000,
    );
    expect(rungOf(record, 'loaded')).toMatchObject({
      state: 'contradicted',
      detail: expect.stringContaining('Proxies refused a configuration') as unknown,
    });
    expect(rungOf(record, 'measured').state).toBe('contradicted');
    expect(await loadedWeights(peers, 'order')).toEqual({ v1: 70, v2: 30 });
    noteFigure(peers, 'honesty', `routes refused by Envoy: “${rungOf(record, 'loaded').detail}”`);
  }, 240_000);

  test('is refused by its own dry run while istiod does not answer, and nothing is written', async () => {
    await using console = await openConsole(peers);
    await console.open('admin', {}, sourcesFound);
    const before = await readPayment(peers);
    await using _stalled = await withStalledIstiod(peers);
    const plan = await console.plan([5, 95]);
    expect(plan.guards).toContainEqual({
      id: 'dry-run',
      verdict: 'block',
      title: 'The API server tried it and refuses',
      detail: expect.stringMatching(/webhook/) as unknown,
    });
    await expect(console.apply(plan)).rejects.toThrow(/Not applied/);
    expect(await readPayment(peers)).toEqual(before);
  }, 120_000);
});

test('of two consoles that write at once exactly one wins, and the other is shown three versions', async () => {
  await restoreWeights(peers);
  await using one = await openConsole(peers);
  await using two = await openConsole(peers);
  await Promise.all([one.open('admin', {}, sourcesFound), two.open('admin-token', {}, sourcesFound)]);
  const before = await restorable(peers);
  try {
    const seen = await two.paymentSplit();
    const plans = await Promise.all([one.plan([90, 10]), two.plan([80, 20], seen)]);
    const ids = await Promise.all([one.apply(plans[0]), two.apply(plans[1])]);
    const settled = (record: OperationRecord) => record.state !== 'writing';
    const records = await Promise.all([one.follow(ids[0], settled), two.follow(ids[1], settled)]);
    expect(records.map((record) => record.state).sort()).toEqual(['notWritten', 'written']);
    const winner = records[0].state === 'written' ? 0 : 1;
    const [loser, wanted] = winner === 0 ? [two, [80, 20] as const] : [one, [90, 10] as const];
    expect(records[1 - winner]?.error).toMatch(/changed/i);
    const weights = (await readPayment(peers)).spec.http[0]?.route.map((route) => route.weight);
    expect(weights).toEqual(winner === 0 ? [90, 10] : [80, 20]);

    const again = await loser.plan(wanted, seen);
    expect(again.threeWay).toMatchObject({ seen: [70, 30], now: weights, wanted: [...wanted] });
    expect(again.guards.find((guard) => guard.id === 'changed')).toMatchObject({ verdict: 'tick' });
  } finally {
    await restoreWeights(peers);
  }
  expect(await restorable(peers)).toEqual(before);
});
