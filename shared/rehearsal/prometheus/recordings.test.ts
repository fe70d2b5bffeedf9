import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answer } from './api.ts';
import { storeOf } from './testSamples.ts';

interface Recording {
  readonly request: { readonly method: string; readonly path: string };
  readonly response: { readonly status: number; readonly body: unknown };
}

const folder = new URL('../../../test/fixtures/prometheus/', import.meta.url);
const recorded = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Recording; // written by the recorder

const source = { store: storeOf({ up: [[1_795_314_221, 1]] }), now: () => 1_795_314_221_250, metadata: {} };

describe('answers that a real Prometheus gave', () => {
  it.each([
    'query-bad-syntax',
    'query-bad-time',
    'query-missing',
    'query-empty',
    'query-not-a-number',
    'query-scalar',
    'query-string',
    'range-bad-order',
    'range-bad-step',
    'range-empty',
    'range-too-many-points',
    'series-without-match',
    'label-values-unknown',
  ])('are given alike: %s', (name) => {
    const { request, response } = recorded(name);
    const url = new URL(request.path, 'http://loopback');
    const own = answer(url.pathname, url.searchParams, source);
    expect(own?.status).toBe(response.status);
    expect(withoutTimes(JSON.parse(own?.body ?? 'null'))).toEqual(withoutTimes(response.body));
  });

  it('know no other paths', () => {
    const { request, response } = recorded('path-unknown');
    expect(response.status).toBe(404);
    expect(
      answer(new URL(request.path, 'http://loopback').pathname, new URLSearchParams(), source),
    ).toBeNull();
  });
});

/** The moment of the recording is not ours. */
function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/\b1[67]\d{8}(?:\.\d+)?\b/g, '0')) as unknown; // any JSON
}
