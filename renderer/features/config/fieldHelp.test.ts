import { expect, test } from 'vitest';
import { fieldHelp } from './fieldHelp.ts';

test('the innermost field that is known is explained, with what may stand in it', () => {
  const help = fieldHelp('VirtualService', ['spec', 'http', 'retries', 'attempts', 'unheardOf']);
  expect(help?.path).toBe('spec.http.retries.attempts');
  expect(fieldHelp('VirtualService', ['spec', 'http', 'retries'])?.inside).toEqual([
    'attempts',
    'perTryTimeout',
    'retryOn',
  ]);
});

test('limits of a subset are those of the host', () => {
  const path = ['spec', 'subsets', 'trafficPolicy', 'connectionPool', 'tcp', 'maxConnections'];
  expect(fieldHelp('DestinationRule', path)?.text).toMatch(/0 means no limit/);
});

test('a kind that is not known here gets no help', () => {
  expect(fieldHelp('ConfigMap', ['data'])).toBeNull();
});
