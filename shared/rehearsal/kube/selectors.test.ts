import { expect, test } from 'vitest';
import { labelSelector } from './selectors.ts';

const labels = { app: 'payment', version: 'v2', replicas: '3', 'istio.io/rev': 'canary' };

test.each([
  ['', true],
  ['app=payment', true],
  ['app==payment,version!=v1', true],
  ['app!=payment', false],
  ['team!=blue', true],
  ['version in (v1, v2)', true],
  ['version notin (v1,v2)', false],
  ['team notin (blue)', true],
  ['app,!team', true],
  ['!app', false],
  ['istio.io/rev=canary', true],
  ['replicas>2', true],
  ['replicas<3', false],
  ['team=', false],
])('the selector "%s" answers %s', (selector, expected) => {
  expect(labelSelector(selector)(labels)).toBe(expected);
});

test('a selector that cannot be read is refused', () => {
  expect(() => labelSelector('app in payment')).toThrow(/unable to parse requirement/);
});
