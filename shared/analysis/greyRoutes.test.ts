import { expect, test } from 'vitest';
import type { GreyRoute } from '../model/routing.ts';
import { greyCallerLines, greyLine } from './greyRoutes.ts';

const anybody: NonNullable<GreyRoute['match']> = { headers: [], cookie: null, caller: null };
const beta = { name: 'x-user-group', value: 'beta', how: 'exact' as const };
const order = { namespace: 'shop', name: 'order' };
const route = (rest: Partial<GreyRoute> = {}): GreyRoute => ({
  id: 's#beta',
  kind: 'route',
  connectionId: 'c',
  document: { connectionId: 'c', apiVersion: 'v1', kind: 'Route', namespace: 'shop', name: 'p', uid: 'u' },
  revision: '1',
  splitId: 's',
  name: 'beta',
  match: { ...anybody, headers: [beta] },
  matchText: 'header x-user-group is beta',
  to: 'v2',
  destination: 1,
  percent: null,
  ours: true,
  ...rest,
});
const mirror = route({ id: 's#mirror', kind: 'mirror', match: null, percent: 10 });

test('a card’s line says who is on which version, and how many more routes there are', () => {
  expect(greyLine([route()], 'payment')).toBe('x-user-group beta → v2');
  expect(greyLine([mirror, route(), route()], 'payment')).toBe('x-user-group beta → v2, +2 more');
  expect(greyLine([], 'payment')).toBeNull();
  expect(greyLine([route({ to: 'payment v2' })], 'payment')).toBe('x-user-group beta → v2');
  expect(greyLine([route({ to: 'ledger v2' })], 'payment')).toBe('x-user-group beta → ledger v2');
});

test('a mirror says how much is copied, and nothing of a share that nobody declared', () => {
  expect(greyLine([mirror], 'payment')).toBe('mirrored 10 % to v2');
  expect(greyLine([{ ...mirror, percent: null }], 'payment')).toBe('mirrored to v2');
});

test('a match that no form can say is told in the words of its document', () => {
  expect(greyLine([route({ match: null, matchText: 'path begins with /beta' })], 'payment')).toBe(
    'path begins with /beta → v2',
  );
  expect(greyLine([route({ match: { ...anybody, caller: order } })], 'payment')).toBe('order → v2');
  expect(greyLine([route({ match: { ...anybody, headers: [{ ...beta, how: 'prefix' }] } })], 'payment')).toBe(
    'x-user-group beta… → v2',
  );
});

test('a caller is named with the route that takes its calls, and nobody else is', () => {
  const routes = [route(), route({ match: { ...anybody, caller: order } })];
  expect(greyCallerLines(routes, order)).toEqual(['order is on v2 by route beta']);
  expect(greyCallerLines(routes, { namespace: 'shop', name: 'cart' })).toEqual([]);
  expect(greyCallerLines(routes, { namespace: 'other', name: 'order' })).toEqual([]);
  expect(greyCallerLines([mirror], order)).toEqual([]);
});

test('some calls of a caller are not told as all of them, and what comes after a whole route is not reached', () => {
  const some = route({ name: 'some', match: { headers: [beta], cookie: null, caller: order } });
  const whole = route({ name: 'whole', to: 'v3', match: { ...anybody, caller: order } });
  expect(greyCallerLines([some, whole, { ...whole, name: 'never' }], order)).toEqual([
    'calls of order with x-user-group beta are on v2 by route some',
    'order is on v3 by route whole',
  ]);
  const elsewhere = { ...whole, name: 'elsewhere', splitId: 'other' };
  expect(greyCallerLines([whole, elsewhere], order)).toHaveLength(2);
});
