import { expect, test } from 'vitest';
import type { NamespacedName } from '../model/topology.ts';
import { meantBy } from './joinedName.ts';

const at = (place: string): NamespacedName => {
  const [namespace = '', name = ''] = place.split('/');
  return { namespace, name };
};
const groups = [['a/b-c', 'a-b/c'].map(at), ['a/b'].map(at)];

test.each([
  ['the one that is there', ['a-b/c', 'x/y'], 'a-b/c'],
  ['the likelier of two', ['a/b', 'a/b-c'], 'a/b-c'],
  ['the less likely one where no other is there', ['a/b'], 'a/b'],
  ['nobody where two fit as well', ['a/b-c', 'a-b/c'], null],
  ['nobody where none is there', ['a/c'], null],
])('a joined name means %s', (_, there, meant) => {
  const is = ({ namespace, name }: NamespacedName) => there.includes(`${namespace}/${name}`);
  expect(meantBy(groups, is)).toEqual(meant === null ? null : at(meant));
});

test('a name that can mean only one service means it, seen or not', () => {
  expect(meantBy([[at('shop/web')]], () => false)).toEqual(at('shop/web'));
});
