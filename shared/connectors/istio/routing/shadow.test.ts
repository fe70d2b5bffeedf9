import { expect, test } from 'vitest';
import { type Shadow, shadowOf } from './shadow.ts';

const header = (name: string, condition: object) => ({ headers: { [name]: condition } });
const path = (prefix: string) => ({ uri: { prefix } });

test.each<[string, object[], object[], Shadow]>([
  ['no condition takes everything', [], [header('x', { exact: 'a' })], 'all'],
  ['the path / is every path', [path('/')], [header('x', { exact: 'a' })], 'all'],
  ['the same condition', [header('x', { exact: 'a' })], [header('x', { exact: 'a' })], 'all'],
  ['a prefix of what is asked for', [header('x', { prefix: 'a' })], [header('x', { exact: 'ab' })], 'all'],
  ['being there at all', [header('x', {})], [header('x', { exact: 'ab' })], 'all'],
  [
    'fewer conditions than ours',
    [header('x', { exact: 'a' })],
    [{ ...header('x', { exact: 'a' }), ...path('/pay') }],
    'all',
  ],
  ['only one of our two ways in', [path('/pay')], [path('/pay/now'), header('x', { exact: 'a' })], 'some'],
  ['another header may be there too', [header('y', { exact: 'b' })], [header('x', { exact: 'a' })], 'some'],
  ['a path that some of ours have', [path('/pay')], [header('x', { exact: 'a' })], 'some'],
  ['another value of the same header', [header('x', { exact: 'b' })], [header('x', { exact: 'a' })], 'none'],
  ['another path', [path('/refunds')], [path('/pay')], 'none'],
  [
    'a header that must be away is not one that must be there',
    [{ withoutHeaders: { x: {} } }],
    [{ withoutHeaders: { x: { exact: 'a' } } }],
    'some',
  ],
  ['another caller', [{ sourceLabels: { app: 'edge' } }], [{ sourceLabels: { app: 'order' } }], 'none'],
])('an earlier route with %s', (_, earlier, later, shadow) => {
  expect(shadowOf({ match: earlier }, { match: later })).toBe(shadow);
});
