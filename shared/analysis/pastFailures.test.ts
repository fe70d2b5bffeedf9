import { describe, expect, test } from 'vitest';
import { defaultHealthThresholds } from '../model/settings.ts';
import { figuresSince, pastFailure } from './pastFailures.ts';

const step = { from: 1_000_000, stepSeconds: 60 };
const at = (place: number): number => step.from + place * 60_000;
const ten = (count: number): number[] => Array.from({ length: count }, () => 10);
const failure = (requests: (number | null)[], failed: (number | null)[]) =>
  pastFailure({ ...step, requestsPerSecond: requests, failedPerSecond: failed }, defaultHealthThresholds);

describe('what happened to a service', () => {
  test('is told from the step in which it began to the one in which it ended, with the worst and all that was lost', () => {
    const failed = [0, 0, 0.05, 3.8, 0.4, 0, 0, 0];
    expect(failure(ten(8), failed)).toEqual({
      health: 'failing',
      from: at(2),
      to: at(4),
      worstErrorRatio: 0.38,
      lostCalls: Math.round(4.25 * 60),
      times: 1,
    });
  });

  test('is nothing while fewer calls fail than make it degraded', () => {
    expect(failure(ten(5), [0.05, 0.05, 0.05, 0.05, 0.05])).toBeNull();
  });

  test('goes on where the newest steps still fail', () => {
    expect(failure(ten(4), [0, 0, 0.2, 0.2])).toMatchObject({ health: 'degraded', to: null });
    expect(failure(ten(5), [0, 0.2, 0.2, 0, 0])).toMatchObject({ to: at(2) });
  });

  test('that failed from the beginning on is told from there, and never from before the time that was asked for', () => {
    expect(failure(ten(5), [0.2, 0.2, 0, 0, 0])).toMatchObject({ from: step.from, to: at(1) });
  });

  test('counts as another time only after more than one good step', () => {
    expect(failure(ten(9), [0, 1, 0, 1, 0, 0, 1, 0, 0])?.times).toBe(2);
  });

  test('is no verdict on too few calls, and a gap is no failure', () => {
    expect(failure([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])).toBeNull();
    expect(failure([null, 10, null], [null, 5, null])).toMatchObject({ lostCalls: 300 });
  });
});

test('figures that begin late say since when', () => {
  const lines = (requestsPerSecond: (number | null)[]) => ({
    ...step,
    requestsPerSecond,
    failedPerSecond: [],
  });
  expect(figuresSince(lines([null, 1, 1]))).toBeNull();
  expect(figuresSince(lines([null, null, null, null, 1]))).toBe(at(4));
  expect(figuresSince(lines([null, null, null, null]))).toBeNull();
});
