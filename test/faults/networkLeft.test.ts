import { expect, test } from 'vitest';
import { createFakeClock } from '../support/memoryPorts.ts';
import { noticeAbsence } from '../../shared/connectors/kube/watchSilence.ts';

test('W14 a network that the machine leaves is noticed within ten seconds; one that it joins, and no change, are not', async () => {
  const clock = createFakeClock();
  const stop = new AbortController();
  const told: string[] = [];
  let here = new Set(['10.0.0.7']);
  const ended = noticeAbsence(
    clock,
    (what) => told.push(what),
    stop.signal,
    () => here,
  );
  await clock.advance(30_000);
  here = new Set(['10.0.0.7', '172.20.1.9']);
  await clock.advance(30_000);
  expect(told).toEqual([]);
  here = new Set(['172.20.1.9']);
  await clock.advance(10_000);
  expect(told).toEqual(['This machine left a network']);
  await clock.advance(60_000);
  expect(told).toHaveLength(1);
  clock.sleepMachine(3_600_000);
  here = new Set();
  await clock.advance(10_000);
  expect(told).toEqual(['This machine left a network', 'This machine was asleep']);
  stop.abort(new Error('over'));
  await ended;
});
