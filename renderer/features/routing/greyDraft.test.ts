import { describe, expect, test } from 'vitest';
import { splitOf } from '../../../test/support/splits.ts';
import { type GreyDraft, greyRouteOf, mirrorOf, removalOf, waysBeside } from './greyDraft.ts';

const split = splitOf([50, 50]);
const draft: GreyDraft = {
  by: 'header',
  headerName: 'X-User-Group',
  how: 'exact',
  value: 'beta',
  cookieName: '',
  callerId: null,
  destination: 1,
  name: '',
};
const order = { id: 'c1/shop/order', name: 'order', namespace: 'shop' };

describe('a grey route', () => {
  test('takes a header by its name in lower case, and is named by what it is for', () => {
    expect(greyRouteOf(draft, split, []).operation).toMatchObject({
      revision: '7',
      change: {
        kind: 'addRoute',
        name: 'x-user-group-beta-to-v2',
        match: {
          headers: [{ name: 'x-user-group', value: 'beta', how: 'exact' }],
          cookie: null,
          caller: null,
        },
        destination: 1,
      },
    });
  });

  test('takes a path where the peer looks at one', () => {
    expect(waysBeside(split)).toEqual(['header', 'cookie', 'caller']);
    expect(waysBeside({ ...split, beside: { by: ['path'], mirror: false } })).toEqual(['path']);
    const path = { ...draft, by: 'path' as const, how: 'prefix' as const, value: '/refunds' };
    expect(greyRouteOf(path, split, []).operation?.change).toMatchObject({
      name: 'refunds-to-v2',
      match: { headers: [], cookie: null, caller: null, path: { value: '/refunds', how: 'prefix' } },
    });
    expect(greyRouteOf({ ...path, value: '/' }, split, []).problem).toContain('Every path');
    expect(greyRouteOf({ ...path, value: 'refunds?x' }, split, []).problem).toContain('begins with /');
  });

  test('takes a cookie or a caller', () => {
    const cookie = greyRouteOf({ ...draft, by: 'cookie', cookieName: 'group' }, split, []);
    expect(cookie.operation?.change).toMatchObject({ match: { cookie: { name: 'group', value: 'beta' } } });
    const caller = greyRouteOf({ ...draft, by: 'caller', callerId: order.id }, split, [order]);
    expect(caller.operation?.change).toMatchObject({
      name: 'order-to-v2',
      match: { caller: { namespace: 'shop', name: 'order' } },
    });
  });

  test.each([
    [{ headerName: 'x user' }, 'Name the header: x-beta-user.'],
    [{ value: ' ' }, 'Say which value of the header is meant.'],
    [{ by: 'cookie', cookieName: 'a=b' }, 'Name the cookie: group.'],
    [{ by: 'cookie', cookieName: 'a', value: 'b; c' }, 'A cookie’s value is one word without semicolon.'],
    [{ by: 'caller' }, 'Choose who calls.'],
    [{ name: 'Über' }, 'A route’s name has small letters, digits and dashes, 60 at most.'],
  ] as const)('is not understood with %j', (part, problem) => {
    expect(greyRouteOf({ ...draft, ...part }, split, [order]).problem).toBe(problem);
  });
});

test('a mirror copies a share, and none ends it', () => {
  expect(mirrorOf(split, 1, '25').operation?.change).toEqual({ kind: 'mirror', destination: 1, percent: 25 });
  expect(mirrorOf(split, null, '').operation?.change).toEqual({
    kind: 'mirror',
    destination: null,
    percent: 0,
  });
  expect(mirrorOf(split, 1, '0').problem).toMatch(/above 0/);
});

test('a route is removed by its name', () => {
  expect(removalOf(split, 'beta').change).toEqual({ kind: 'removeRoute', routeName: 'beta' });
});
