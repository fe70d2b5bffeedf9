import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueryError } from './errors.ts';
import { parseQuery } from './parse.ts';
import { instantQuery } from './queries.ts';
import { pointsOf, storeOf, valuesAt } from './testSamples.ts';

const shop = storeOf({
  'm|a=1,b=x': [[0, 1]],
  'm|a=2,b=x': [[0, 2]],
  'm|a=3,b=y': [[0, 4]],
  'n|a=1': [[0, 10]],
  'n|a=2': [[0, 20]],
  'h_bucket|le=1': [[0, 10]],
  'h_bucket|le=2': [[0, 30]],
  'h_bucket|le=4': [[0, 40]],
  'h_bucket|le=+Inf': [[0, 40]],
});
const at = (query: string): Record<string, number> => valuesAt(shop, query, 1);

describe('the PromQL evaluator', () => {
  it.each([
    ['sum(m)', { '': 7 }],
    ['sum by (b) (m)', { x: 3, y: 4 }],
    ['sum without (a) (m)', { x: 3, y: 4 }],
    ['avg by (b) (m)', { x: 1.5, y: 4 }],
    ['count(m > 1)', { '': 2 }],
    ['topk(1, m)', { 'm,3,y': 4 }],
    ['bottomk by (b) (1, m)', { 'm,1,x': 1, 'm,3,y': 4 }],
    ['m{b="x"}', { 'm,1,x': 1, 'm,2,x': 2 }],
    ['m{a=~"1|3"}', { 'm,1,x': 1, 'm,3,y': 4 }],
    ['m{a!~"1|3"}', { 'm,2,x': 2 }],
    ['m{b=~"."}', { 'm,1,x': 1, 'm,2,x': 2, 'm,3,y': 4 }],
    ['m{nothing=""} > 3', { 'm,3,y': 4 }],
    ['m * on (a) group_left n', { '1,x': 10, '2,x': 40 }],
    ['n * on (a) group_right m', { '1,x': 10, '2,x': 40 }],
    ['n + on (a) group_left (b) m', { '1,x': 11, '2,x': 22 }],
    ['m and on (a) n', { 'm,1,x': 1, 'm,2,x': 2 }],
    ['m unless on (a) n', { 'm,3,y': 4 }],
    ['sum(m) or vector(5)', { '': 7 }],
    ['sum(nothing) or vector(5)', { '': 5 }],
    ['m > bool 1', { '1,x': 0, '2,x': 1, '3,y': 1 }],
    ['-sum(m)', { '': -7 }],
    ['2 ^ 3 ^ 2', { scalar: 512 }],
    ['-5 % 3', { scalar: -2 }],
    ['time()', { scalar: 1 }],
    ['timestamp(n)', { 1: 0, 2: 0 }],
    ['clamp_max(n, 15)', { 1: 10, 2: 15 }],
    ['absent(nothing{a="1"})', { 1: 1 }],
    ['absent(m)', {}],
    ['label_replace(n, "c", "<$1>", "a", "(.)")', { 'n,1,<1>': 10, 'n,2,<2>': 20 }],
    ['histogram_quantile(0.5, h_bucket)', { '': 1.5 }],
    ['histogram_quantile(0.25, h_bucket)', { '': 1 }],
    ['histogram_quantile(1, h_bucket)', { '': 4 }],
    ['histogram_quantile(2, h_bucket)', { '': Infinity }],
  ])('answers %s', (query, expected) => {
    expect(at(query)).toEqual(expected);
  });

  it('answers a bare range with the raw samples and their own times', () => {
    const store = storeOf({
      m: [
        [1.25, 3],
        [6.25, 4],
      ],
    });
    expect(instantQuery(store, 'm[45s]', 10_000)).toBe(
      '{"resultType":"matrix","result":[{"metric":{"__name__":"m"},"values":[[1.250,"3"],[6.250,"4"]]}]}',
    );
  });

  it('answers a range query at its steps, with gaps where there is nothing', () => {
    const store = storeOf({
      m: [
        [0, 1],
        [400, 2],
      ],
    });
    expect(pointsOf(store, 'm + 1', 0, 600, 200)).toEqual([
      [0, 2],
      [200, 2],
      [400, 3],
      [600, 3],
    ]);
    expect(pointsOf(store, 'm', 301, 399, 50)).toEqual([]);
  });

  it('writes numbers as Prometheus does', () => {
    const text = (query: string): string => instantQuery(shop, query, 1000);
    expect(text('vector(1e-7)')).toContain('"1e-07"');
    expect(text('vector(1 / 0)')).toContain('"+Inf"');
    expect(text('vector(0 / 0)')).toContain('"NaN"');
    expect(text('1e-7')).toContain('"0.0000001"');
    expect(text('1e21')).toContain('"1000000000000000000000"');
  });

  it.each([
    ['stddev(m)', 'execution'],
    ['m @ 5', 'execution'],
    ['rate(m[5m:1m])', 'execution'],
    ['deriv(m[5m])', 'execution'],
    ['m{a=~"(x+)+"}', 'execution'],
    ['m + on (b) n', 'execution'],
    ['sum(', 'bad_data'],
    ['m{', 'bad_data'],
    ['{}', 'bad_data'],
    ['rate(m)', 'bad_data'],
    ['sum(1)', 'bad_data'],
    ['1 > 2', 'bad_data'],
    ['m[5]', 'bad_data'],
    ['m{a=~"("}', 'bad_data'],
    ['', 'bad_data'],
  ])('refuses %s as %s', (query, type) => {
    const wide = storeOf({
      'm|a=1,b=x': [[0, 1]],
      'm|a=2,b=x': [[0, 2]],
      'n|a=1,b=x': [[0, 1]],
      'n|a=2,b=x': [[0, 2]],
    });
    const refused = (): string => instantQuery(wide, query, 1000);
    expect(refused).toThrow(QueryError);
    expect(refused).toThrow(expect.objectContaining({ type }));
  });

  it('reads any text or refuses it, and never fails otherwise', () => {
    const word = fc.constantFrom(
      'sum',
      'by',
      '(',
      ')',
      'm',
      '{',
      '}',
      'a',
      '=',
      '=~',
      '"x"',
      '[5m]',
      '+',
      'on',
      ',',
      '1',
      ' ',
      'offset',
      '@',
      'rate',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 14 }).map((words) => words.join(' ')),
        ),
        (text) => {
          try {
            parseQuery(text);
          } catch (error) {
            expect(error).toBeInstanceOf(QueryError);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('sums the same whichever way it is grouped first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(1000)), { minLength: 1, maxLength: 20 }),
        (rows) => {
          const given = Object.fromEntries(
            rows.map(([a, b, value]) => [`m|a=${a},b=${b}`, [[0, value]] as [number, number][]]),
          );
          const store = storeOf(given);
          const whole = valuesAt(store, 'sum(m)', 1)[''];
          expect(valuesAt(store, 'sum(sum by (a) (m))', 1)['']).toBe(whole);
          expect(valuesAt(store, 'sum(sum without (a) (m))', 1)['']).toBe(whole);
        },
      ),
    );
  });
});
