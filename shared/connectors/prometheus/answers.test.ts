import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { PeerAnswer } from '../kit/transport.ts';
import { PeerError } from '../kit/peerError.ts';
import { readData, readQuery } from './answers.ts';

const Recording = z.object({
  response: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.unknown() }),
});
const fixtures = join(import.meta.dirname, '../../../test/fixtures/prometheus');

/** An answer as a real Prometheus gave it. */
function recorded(name: string): PeerAnswer {
  const { response } = Recording.parse(JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')));
  const { status, headers, body } = response;
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function errorOf(answer: PeerAnswer): PeerError {
  try {
    readQuery(answer, 'Asking');
  } catch (error) {
    if (error instanceof PeerError) return error;
  }
  throw new Error('it was read as an answer');
}

describe('answers that a real Prometheus gave', () => {
  test('are read with their labels, values and times', () => {
    const { series, problems } = readQuery(recorded('query-vector'), 'Asking');
    expect(problems).toEqual([]);
    expect(series[0]?.labels).toMatchObject({
      cluster_name: 'outbound|8080|v1|payment.shop.svc.cluster.local',
    });
    expect(series[0]?.samples).toEqual([[1795314421963, 43]]);
    expect(readQuery(recorded('query-matrix'), 'Asking').series[0]?.samples).toHaveLength(4);
    expect(readQuery(recorded('query-empty'), 'Asking').series).toEqual([]);
    expect(readQuery(recorded('query-scalar'), 'Asking').series[0]?.samples[0]?.[1]).toBe(7);
    expect(readQuery(recorded('range'), 'Asking').series.length).toBeGreaterThan(0);
    expect(readData(recorded('buildinfo'), 'Asking')).toMatchObject({ version: '2.42.0+ds' });
  });

  test('keep infinities and what is no number', () => {
    expect(readQuery(recorded('query-infinite'), 'Asking').series[0]?.samples[0]?.[1]).toBe(Infinity);
    expect(readQuery(recorded('query-not-a-number'), 'Asking').series[0]?.samples[0]?.[1]).toBeNaN();
  });

  test.each([
    ['query-bad-syntax', 'refused', /refuses the query: .*unclosed left parenthesis/],
    ['query-many-to-many', 'refused', /found duplicate series/],
    ['range-too-many-points', 'tooLarge', /too large: exceeded maximum resolution/],
    ['range-bad-step', 'refused', /refuses/],
    ['path-unknown', 'notFound', /nothing there \(404\)/],
  ])('%s are told as %s', (name, kind, words) => {
    const error = errorOf(recorded(name));
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(words);
  });
});

describe('rows', () => {
  const vector = (result: unknown[], more = {}): PeerAnswer => ({
    status: 200,
    headers: {},
    body: JSON.stringify({ status: 'success', data: { resultType: 'vector', result }, ...more }),
  });

  test('with native histograms are left out and told of', () => {
    const { series, problems } = readQuery(
      vector([{ metric: {}, histogram: [1, { count: '3' }] }]),
      'Asking',
    );
    expect(series).toEqual([]);
    expect(problems).toEqual(['1 native histograms are left out: Podium reads classic buckets']);
  });

  test('that are nonsense are left out and told of', () => {
    const rows = [
      null,
      { metric: 3, value: [1, '1'] },
      { metric: { a: 1 }, value: [1, '1'] },
      { metric: {} },
    ];
    expect(readQuery(vector(rows), 'Asking').problems).toEqual(['4 rows of an answer could not be read']);
    expect(readQuery(vector([{ metric: {}, value: ['x', 'y'] }]), 'Asking').series[0]?.samples).toEqual([]);
  });
});
