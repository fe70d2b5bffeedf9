import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sentinelConformance } from '../conformance/sentinel.ts';
import { openSentinel, proofOf, tripPayment } from '../conformance/sentinelShop.ts';
import { eventually } from '../conformance/springShop.ts';
import { heldIn, hold, isolationOf } from '../conformance/tripSteps.ts';
import { changeOf, guardsOf, signal } from '../conformance/weights.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { order, sentinelShop, sentinelUnder } from './sentinelRun.ts';
import type { SentinelPeer } from './start/sentinel.ts';

let peer: SentinelPeer;

beforeAll(async () => {
  peer = await sentinelShop();
}, 180_000);
afterAll(() => peer[Symbol.asyncDispose]());

sentinelConformance('the real library', () => Promise.resolve(sentinelUnder(peer)), 120_000);

describe('Sentinel and its callers', () => {
  test('within 5 s of a trip no order of any instance is paid, nor of one that joins; after its end each is', async () => {
    await using under = sentinelUnder(peer);
    await using session = await openSentinel(under);
    const control = isolationOf(session);
    const begun = Date.now();
    const written = await hold(control, await control.plan(tripPayment(), signal));
    const blockedMs = await untilAll('fallback', under.orders(), begun);
    const before = await counted(under.orders(), 100);
    const joined = await under.join();
    const joinedAt = Date.now();
    const joinedMs = await untilAll('fallback', [joined], joinedAt);
    const during = await counted(under.orders(), 100);
    expect(await proofOf(session, written.expectation, begun)).toMatchObject({ state: 'seen' });
    const ended = Date.now();
    await control.apply(await control.planUndo(tripPayment(), written.changes, signal), signal);
    const restoredMs = await untilAll('paid', under.orders(), ended);
    const after = await counted(under.orders(), 100);
    expect(before).toEqual({ paid: 0, fallback: 200, refused: 0 });
    expect(during).toEqual({ paid: 0, fallback: 300, refused: 0 });
    expect(after).toEqual({ paid: 300, fallback: 0, refused: 0 });
    expect(Math.max(blockedMs, joinedMs, restoredMs)).toBeLessThan(5_000);
    noteFigure(
      readCoordinates(),
      'sentinel',
      `after a trip every instance refused its payment within ${blockedMs} ms and one that joined within ${joinedMs} ms; of 500 orders then 0 were paid; ${restoredMs} ms after the end all of 300 were`,
    );
  }, 120_000);

  test('a push of the data source takes a trip out, which is shown there and not fought', async () => {
    await using under = sentinelUnder(peer);
    await using session = await openSentinel(under);
    const control = isolationOf(session);
    const written = await hold(control, await control.plan(tripPayment(), signal));
    // The second instance reads its rules from this file, every three seconds.
    await writeFile(join(peer.rulesFolder, 'flow.json'), '[{"resource":"/stock","count":50}]');
    await untilAll('paid', ['order-2'], Date.now());
    const pushedAt = Date.now();
    await eventually(
      () => proofOf(session, written.expectation, pushedAt),
      ({ detail }) => /^1 of 3 instances block it/.test(detail),
    );
    expect(await control.verify(changeOf(written), signal)).toMatchObject({
      state: 'after',
      detail: expect.stringMatching(/^1 of 3 instances have the rule/) as unknown,
    });
    expect([await order('order-1'), await order('order-2')]).toEqual(['fallback', 'paid']);
    await control.apply(await control.planUndo(tripPayment(), written.changes, signal), signal);
    await heldIn(session, (trips) => trips.length === 0);
    expect(await under.rulesIn('order-2')).toMatchObject([{ resource: '/stock', count: 50 }]);
  }, 60_000);

  test('M02 what its data source did not take is told as living in memory alone', async () => {
    await using under = sentinelUnder(peer);
    await using session = await openSentinel(under);
    const control = isolationOf(session);
    await rename(peer.rulesFolder, `${peer.rulesFolder}.gone`);
    try {
      const since = Date.now();
      const written = await hold(control, await control.plan(tripPayment(), signal));
      const proof = await proofOf(session, written.expectation, since);
      expect(proof.detail).toContain('in memory alone in 10.81.2.2:8720: the data source did not take it');
      expect(guardsOf(await control.planUndo(tripPayment(), written.changes, signal))).toMatchObject({
        'memory-only': 'tick',
      });
      await control.apply(await control.planUndo(tripPayment(), written.changes, signal), signal);
    } finally {
      await mkdir(`${peer.rulesFolder}.gone`, { recursive: true });
      await rename(`${peer.rulesFolder}.gone`, peer.rulesFolder);
    }
  }, 60_000);
});

/** How long it took until a client of each instance saw this. */
async function untilAll(seen: 'paid' | 'fallback', ids: readonly string[], since: number): Promise<number> {
  await eventually(
    () => Promise.all(ids.map(order)),
    (found) => found.every((one) => one === seen),
  );
  return Date.now() - since;
}

/** What clients of these instances saw, so many of each. */
async function counted(ids: readonly string[], each: number) {
  const counts = { paid: 0, fallback: 0, refused: 0 };
  for (let i = 0; i < each; i += 1) for (const seen of await Promise.all(ids.map(order))) counts[seen] += 1;
  return counts;
}
