import { describe, expect, test } from 'vitest';
import type { Signals } from '../../../shared/model/signals.ts';
import { splitOf } from '../../../test/support/splits.ts';
import { movesOf, outlookOf } from './trayWords.ts';

const figures = (requestsPerSecond: number, errorRatio: number | null): Signals => ({
  requestsPerSecond,
  failedPerSecond: errorRatio === null ? null : requestsPerSecond * errorRatio,
  errorRatio,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
});

describe('what the tray says of a pending change', () => {
  test('of two versions it tells the smaller, of more each that moves', () => {
    expect(movesOf(splitOf([70, 30]), [95, 5])).toEqual([{ title: 'v2', from: '30', to: '5' }]);
    expect(movesOf(splitOf([60, 30, 10]), [50, 35, 15]).map((move) => move.title)).toEqual([
      'v1',
      'v2',
      'v3',
    ]);
  });

  test('it foretells the rate and the failures from present ones', () => {
    const signals = { v1: figures(148, 0.003), v2: figures(64, 0.129) };
    expect(outlookOf(splitOf([70, 30]), [95, 5], signals)).toBe(
      'v2 ≈ 11 rps, failing ≈ 2.0 instead of 8.7 a second',
    );
  });

  test('without measured calls it foretells nothing, and without ratios no failures', () => {
    expect(outlookOf(splitOf([70, 30]), [95, 5], {})).toBeNull();
    const signals = { v1: figures(148, 0.003), v2: figures(64, null) };
    expect(outlookOf(splitOf([70, 30]), [95, 5], signals)).toBe('v2 ≈ 11 rps');
  });

  test('a version that gets calls and shows none makes the rates unknown; one that was given none had none', () => {
    expect(outlookOf(splitOf([70, 30]), [95, 5], { v1: figures(148, 0.003) })).toBeNull();
    expect(outlookOf(splitOf([100, 0]), [90, 10], { v1: figures(100, 0) })).toBe('v2 ≈ 10 rps');
  });

  test('shares are told in per cent whatever the weights add up to', () => {
    expect(movesOf(splitOf([3, 1]), [4, 0])).toEqual([{ title: 'v2', from: '25', to: '0' }]);
  });
});
