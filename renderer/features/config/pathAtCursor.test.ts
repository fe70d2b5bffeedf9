import { expect, test } from 'vitest';
import { pathAtCursor } from './pathAtCursor.ts';

const text = `kind: VirtualService
spec:
  hosts:
  - payment
  http:
  - name: default
    retries:
      attempts: 2
    route:
      - destination:
          host: payment
        weight: 70
    timeout: 2s
`;
const at = (words: string) => pathAtCursor(text, text.indexOf(words)).join('.');

test.each([
  ['kind:', 'kind'],
  ['- payment', 'spec.hosts'],
  ['attempts', 'spec.http.retries.attempts'],
  ['host: payment', 'spec.http.route.destination.host'],
  ['weight', 'spec.http.route.weight'],
  ['timeout', 'spec.http.timeout'],
  ['name: default', 'spec.http.name'],
])('the cursor at “%s” stands in %s', (words, path) => {
  expect(at(words)).toBe(path);
});

test('a field that is only begun belongs to what it is indented under', () => {
  const begun = 'spec:\n  http:\n  - retries:\n      ';
  expect(pathAtCursor(begun, begun.length).join('.')).toBe('spec.http.retries');
  expect(pathAtCursor('', 0)).toEqual([]);
});
