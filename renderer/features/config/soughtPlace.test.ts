import { expect, test } from 'vitest';
import { soughtPlace } from './soughtPlace.ts';

const route = `metadata:
  labels:
    app.kubernetes.io/name: payment
spec:
  hosts:
    - payment
    - pay.example.com
  http:
    - retries:
        retryOn: connect-failure
    - retries:
        retryOn: connect-failure,reset
`;
const words = (query: string, path: string): string | null => {
  const place = soughtPlace(route, { query, path });
  return place === null
    ? null
    : `${route.slice(0, place.from).split('\n').length}: ${route.slice(place.from, place.to)}`;
};

test.each([
  [
    'the second of two fields that say the same',
    'connect-failure',
    'spec.http.1.retries.retryOn',
    '12: connect-failure',
  ],
  ['a field found by its name', 'RETRYON', 'spec.http.0.retries.retryOn', '10: retryOn'],
  ['an item of a list', 'pay', 'spec.hosts.1', '7: pay'],
  ['a name with dots of its own', 'payment', 'metadata.labels.app.kubernetes.io/name', '3: payment'],
  [
    'a field found by its path alone',
    'http.0.retries',
    'spec.http.0.retries',
    '9: retries:\n        retryOn: connect-failure\n',
  ],
  ['a text without fields', 'reset', '', '12: reset'],
  ['a field that is gone by now', 'reset', 'spec.tcp', '12: reset'],
])('%s is where the cursor goes', (_, query, path, place) => {
  expect(words(query, path)).toBe(place);
});

test('words that stand nowhere in the text lead nowhere in it', () => {
  expect(words('absent', '')).toBeNull();
});
