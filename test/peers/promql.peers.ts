import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiSource } from '../../shared/rehearsal/prometheus/api.ts';
import { readCoordinates } from './coordinates.ts';
import { noteFigure } from './figures.ts';
import { askBoth, difference, type Params, valuesIn } from './promql/compare.ts';
import { type LoadedPrometheus, startLoaded } from './promql/loaded.ts';
import { declined, queries } from './promql/queries.ts';
import { makeSamples, type SharedSamples } from './promql/samples.ts';

let samples: SharedSamples;
let source: ApiSource;
let real: LoadedPrometheus;
let requests = 0;
let values = 0;

beforeAll(async () => {
  samples = makeSamples();
  source = { store: samples.store, now: () => samples.now, metadata: {} };
  real = await startLoaded(samples.openMetrics);
}, 120_000);

afterAll(async () => {
  await real[Symbol.asyncDispose]();
  noteFigure(
    readCoordinates(),
    'promql',
    `${requests} requests on ${samples.count} samples, ${values} values compared: the fleet's answers equal Prometheus's within 1e-9; ${declined.length} are declined with 422`,
  );
});

/** Fails with every difference there is, not only the first. */
async function expectSame(path: string, all: readonly Params[], ordered: (params: Params) => boolean) {
  const differences: string[] = [];
  for (const params of all) {
    const answers = await askBoth(real.url, source, path, params);
    requests += 1;
    values += valuesIn(answers);
    const found = difference(answers, ordered(params));
    if (found !== null) differences.push(`${Object.values(params).join(' | ')}: ${found}`);
  }
  expect(differences).toEqual([]);
}

describe('the fleet’s PromQL on the same samples as a real Prometheus', () => {
  test('gives the same answers at one moment', async () => {
    const time = (samples.now / 1_000).toFixed(3);
    await expectSame(
      '/api/v1/query',
      queries.map((query) => ({ query, time })),
      ({ query }) => /^sort/.test(query ?? ''),
    );
  }, 120_000);

  test('gives the same answers over a range', async () => {
    const end = samples.now / 1_000;
    const all = queries.map((query) => ({
      query,
      start: String(end - 900),
      end: String(end),
      step: query.includes('istio') ? '60' : '17',
    }));
    await expectSame('/api/v1/query_range', all, () => true);
  }, 240_000);

  test('lists the same names, values and series', async () => {
    await expectSame('/api/v1/labels', [{}, { 'match[]': 'odd_total' }], () => true);
    await expectSame('/api/v1/label/__name__/values', [{}], () => true);
    await expectSame('/api/v1/label/k/values', [{}, { 'match[]': 'odd_total{g="a"}' }], () => true);
    await expectSame('/api/v1/label/k-/values', [{}], () => true);
    await expectSame('/api/v1/series', [{}, { 'match[]': 'odd_total' }, { 'match[]': '{}' }], () => true);
  });

  test('refuses the same parameters', async () => {
    await expectSame(
      '/api/v1/query',
      [{}, { query: '1', time: 'x' }, { query: '1', time: '1.5' }],
      () => true,
    );
    const range = (more: Params) => ({ query: '1', start: '5', end: '6', step: '1', ...more });
    await expectSame(
      '/api/v1/query_range',
      [
        { query: '1' },
        range({ end: '4' }),
        range({ step: '0' }),
        range({ step: '-1' }),
        range({ step: 'abc' }),
        range({ end: '600000' }),
        range({ query: 'odd_total[5m]' }),
        range({ query: '"a"' }),
        range({ start: '2020-01-01T00:00:00Z', end: '2020-01-01T00:01:00Z', step: '15s' }),
      ],
      () => true,
    );
  });

  test.each(declined)('declines %s with 422 rather than answer wrongly', async (query) => {
    const answers = await askBoth(real.url, source, '/api/v1/query', { query });
    expect(answers.real.code).toBe(200);
    expect(answers.own).toMatchObject({
      code: 422,
      status: 'error',
      error: expect.stringMatching(/not .*rehearsal/) as unknown,
    });
  });
});
