import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as formats from './formats.ts';

describe('figures', () => {
  test.each([
    [212.4, '212'],
    [8.7, '8.7'],
    [8.04, '8.0'],
    [0.25, '0.25'],
    [0.001, '< 0.01'],
    [0, '0'],
    [12_345.6, '12,346'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('a rate of %s reads %s', (rate, text) => {
    expect(formats.formatPerSecond(rate)).toBe(text);
  });

  test.each([
    [0.041, '4.1 %'],
    [0.21, '21 %'],
    [0, '0 %'],
    [0.0002, '< 0.1 %'],
    [0.9995, '> 99.9 %'],
    [1, '100 %'],
    [null, '–'],
  ])('a share of %s reads %s', (ratio, text) => {
    expect(formats.formatPercent(ratio)).toBe(text);
  });

  test.each([
    [3.31, '3.3 ms'],
    [44.2, '44 ms'],
    [4_900, '4.9 s'],
    [12_400, '12 s'],
    [180_000, '3 min'],
    [null, '–'],
  ])('a latency of %s ms reads %s', (ms, text) => {
    expect(formats.formatMs(ms)).toBe(text);
  });

  test('ages, counts, instances and lists read as people say them', () => {
    expect([9_000, 240_000, 3 * 3_600_000, 50 * 3_600_000].map(formats.formatAge)).toEqual([
      '9 s',
      '4 min',
      '3 h',
      '2 d',
    ]);
    expect([12, 3_816, 1_234_567].map(formats.formatCount)).toEqual(['12', '3,816', '1,234,567']);
    expect([formats.formatReady(3, 3), formats.formatReady(1, 3), formats.formatReady(null, 3)]).toEqual([
      '3 ready',
      '1 of 3 ready',
      '–',
    ]);
    expect(formats.formatList(['a', 'b', 'c'])).toBe('a, b and c');
  });

  test('rounding never draws something as nothing, and changes nothing that is drawn', () => {
    const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    expect(formats.formatMs(formats.roundMs(509_500)), 'rounded twice').toBe('8 min');
    fc.assert(
      fc.property(positive, (value) => {
        expect(formats.roundPerSecond(value)).toBeGreaterThan(0);
        const ratio = Math.min(1, value / 1e6);
        expect(formats.roundRatio(ratio)).toBeGreaterThan(0);
        expect(formats.roundRatio(formats.roundRatio(ratio))).toBe(formats.roundRatio(ratio));
        expect(formats.formatMs(formats.roundMs(value))).toBe(formats.formatMs(value));
      }),
    );
  });
});
